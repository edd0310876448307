/** Names and formats of the figures of the funnel, shared by all parts of the page. */

import type { FunnelChange, FunnelFigures, FunnelSteps } from '../../api/funnel';
import { rateText } from '../range/figure-text';
import type { Metric } from '../range/metric';
import { formatCount } from '../shared/format';

export type FunnelMetric = Metric<FunnelFigures, FunnelChange>;

/** The steps in their order. */
export const STEPS: readonly {
  readonly id: keyof FunnelSteps;
  readonly name: string;
  /** In the header of a table. */
  readonly shortName: string;
}[] = [
  { id: 'viewed', name: 'Viewed a product', shortName: 'Viewed' },
  { id: 'carted', name: 'Added to cart', shortName: 'Cart' },
  { id: 'checked_out', name: 'Began checkout', shortName: 'Checkout' },
  { id: 'purchased', name: 'Purchased', shortName: 'Purchased' },
];

/** Without a divisor there is no rate. */
export const funnelRate = (rate: string | null): string => (rate === null ? '–' : rateText(rate));

const rate = (
  id: string,
  name: string,
  of: Exclude<keyof FunnelChange, 'sessions'>,
  more: Partial<FunnelMetric> = {},
): FunnelMetric => ({
  id,
  name,
  value: (figures) => figures[of],
  format: (figures) => funnelRate(figures[of]),
  change: (change) => change[of],
  inPoints: true,
  ...more,
});

export const METRICS: readonly FunnelMetric[] = [
  rate('conversion', 'Conversion rate', 'conversion_rate', { shortName: 'Conversion' }),
  rate('closed', 'Through all steps', 'closed_rate', { shortName: 'All steps' }),
  rate('views', 'Session to view', 'view_rate', { shortName: 'To view', wideOnly: true }),
  rate('carts', 'View to cart', 'cart_rate', { shortName: 'To cart', wideOnly: true }),
  rate('checkouts', 'Cart to checkout', 'checkout_rate', { shortName: 'To checkout', wideOnly: true }),
  rate('purchases', 'Checkout to purchase', 'purchase_rate', { shortName: 'To purchase', wideOnly: true }),
  {
    id: 'sessions',
    name: 'Sessions',
    value: ({ sessions }) => sessions,
    format: ({ sessions }) => formatCount(sessions),
    change: ({ sessions }) => sessions,
  },
];
