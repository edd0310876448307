import type { CustomerTotals as Totals } from '../../api/customers';
import { Figures } from '../rows/figures';
import { formatCount, formatDecimal, formatPercent } from '../shared/format';

/** All customers together. */
export function CustomerTotals({ totals }: { readonly totals: Totals }) {
  const {
    customers,
    repeat_customers,
    orders,
    net_revenue,
    mean_revenue,
    median_revenue,
    top_customers,
    top_share,
  } = totals;
  return (
    <Figures
      figures={[
        {
          name: 'Customers',
          value: formatCount(customers),
          note: `${formatPercent((100 * repeat_customers) / customers)} with a second order`,
        },
        { name: 'Orders', value: formatCount(BigInt(orders)) },
        { name: 'Net revenue', value: formatDecimal(net_revenue), note: 'without returned items' },
        {
          name: 'Per customer',
          value: mean_revenue === null ? '–' : formatDecimal(mean_revenue),
          note: median_revenue === null ? undefined : `half have at most ${formatDecimal(median_revenue)}`,
        },
        {
          name: 'Share of the top tenth',
          value: top_share === null ? '–' : formatPercent(top_share),
          note: `of net revenue, by ${formatCount(top_customers)} ${top_customers === 1 ? 'customer' : 'customers'}`,
        },
      ]}
    />
  );
}
