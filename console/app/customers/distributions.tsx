import { useMemo } from 'react';
import type { CustomerBin, CustomerReport } from '../../api/customers';
import { type Bin, Histogram } from '../rows/histogram';
import { formatCompact, formatCount, formatDecimal } from '../shared/format';

/** How net revenue and orders are distributed over the customers. */
export function Distributions({ report }: { readonly report: CustomerReport }) {
  const revenue = useMemo(() => report.revenue_bins.map(revenueBin), [report.revenue_bins]);
  const orders = useMemo(() => report.order_bins.map(orderBin), [report.order_bins]);
  return (
    <div className="grid">
      <Histogram title="Customers by net revenue" of="Customers" by="Net revenue" bins={revenue} />
      <Histogram title="Customers by number of orders" of="Customers" by="Orders" bins={orders} />
    </div>
  );
}

function revenueBin({ from, to, customers: count }: CustomerBin): Bin {
  if (from === null) return { label: '< 0', text: 'Net revenue below 0', count };
  if (to === null) {
    return {
      label: `≥ ${formatCompact(Number(from))}`,
      text: `Net revenue from ${formatDecimal(from)}`,
      count,
    };
  }
  return {
    label: formatCompact(Number(from)),
    text: `Net revenue from ${formatDecimal(from)} to below ${formatDecimal(to)}`,
    count,
  };
}

function orderBin({ from, to, customers: count }: CustomerBin): Bin {
  const number = formatCount(Number(from));
  if (to === null) return { label: `≥ ${number}`, text: `${number} orders or more`, count };
  return { label: number, text: `${number} ${from === '1' ? 'order' : 'orders'}`, count };
}
