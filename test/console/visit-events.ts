/** Events of a few visits, written by hand, whose figures are easy to tell. */

export interface VisitEvent {
  readonly event_id: string;
  readonly event_name: string;
  /** ISO 8601. */
  readonly event_time: string;
  readonly client_id: string;
  readonly session_id?: string;
  readonly [property: string]: unknown;
}

/** What a visitor did, as names of events with the seconds since the start of the visit. */
type Steps = readonly (readonly [name: string, seconds: number, more?: object])[];

/**
 * One visit of a visitor.
 * @param id that of the session; the events are `<id>-1` and so on
 * @param origin UTM parameters, which all events have
 */
export function visit(
  id: string,
  client: string,
  startedAt: string,
  origin: { readonly source: string; readonly medium: string } | undefined,
  steps: Steps,
): VisitEvent[] {
  return steps.map(([event_name, seconds, more], at) => ({
    event_id: `${id}-${at + 1}`,
    event_name,
    event_time: new Date(Date.parse(startedAt) + seconds * 1000).toISOString(),
    client_id: client,
    session_id: id,
    page_url: `https://shop.example/${event_name}`,
    ...(origin && { utm_source: origin.source, utm_medium: origin.medium }),
    ...more,
  }));
}

/** A file of events, as it is uploaded. */
export const eventFile = (events: readonly VisitEvent[]): string =>
  events.map((event) => `${JSON.stringify(event)}\n`).join('');

export const NEWSLETTER = { source: 'news', medium: 'email' };
export const SEARCH_AD = { source: 'google', medium: 'cpc' };

/** A purchase after each step of the funnel, 90 seconds, from the newsletter. */
export const BUYER = visit('s1', 'c1', '2026-03-09T10:00:00Z', NEWSLETTER, [
  ['page_view', 0],
  ['view_item', 20, { items: [{ product_id: 'p1', name: 'Mug', price: 10.25, quantity: 2 }] }],
  ['add_to_cart', 40, { items: [{ product_id: 'p1', name: 'Mug', price: 10.25, quantity: 2 }] }],
  ['begin_checkout', 60],
  ['purchase', 90, { transaction_id: 't1', value: 20.5, currency: 'EUR' }],
]);

/** Six visits from 2 to 10 March 2026; of the buyer there are two, and one visitor only adds to the cart. */
export const VISITS: readonly VisitEvent[] = [
  ...visit('s0', 'c4', '2026-03-02T10:00:00Z', NEWSLETTER, [['page_view', 0]]),
  ...BUYER,
  ...visit('s2', 'c2', '2026-03-09T11:00:00Z', undefined, [['page_view', 0]]),
  ...visit('s3', 'c1', '2026-03-10T09:00:00Z', undefined, [
    ['page_view', 0],
    ['page_view', 5],
  ]),
  ...visit('s4', 'c3', '2026-03-10T10:00:00Z', SEARCH_AD, [
    ['page_view', 0],
    ['view_item', 8],
  ]),
  ...visit('s5', 'c5', '2026-03-10T12:00:00Z', SEARCH_AD, [['add_to_cart', 0]]),
];
