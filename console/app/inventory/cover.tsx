import { useCallback, useMemo } from 'react';
import type { StockReport } from '../../api/inventory';
import { type Bin, Histogram } from '../rows/histogram';
import type { ChooseRows } from '../rows/use-rows';

/** The bins in their order, with the conditions that list their products. */
const BINS: readonly Omit<Bin & { readonly where: readonly string[] }, 'count'>[] = [
  { label: 'none', text: 'Out of stock', where: ['is_stock_out=true'] },
  ...[
    [0, 7],
    [7, 14],
    [14, 30],
    [30, 60],
    [60, 90],
  ].map(([above = 0, to = 0]) => ({
    label: `≤ ${to}`,
    text: above === 0 ? `Up to ${to} days of cover` : `More than ${above} and up to ${to} days of cover`,
    where: [
      'is_stock_out=false',
      ...(above === 0 ? [] : [`days_of_cover>=${above}.01`]),
      `days_of_cover<=${to}`,
    ],
  })),
  {
    label: '> 90',
    text: 'More than 90 days of cover',
    where: ['is_stock_out=false', 'days_of_cover>=90.01'],
  },
  {
    label: 'no sales',
    text: 'In stock, and nothing sells',
    where: ['is_stock_out=false', 'days_of_cover is null'],
  },
];

/** For how many days the stock of products lasts. */
export function Cover({ report, choose }: { readonly report: StockReport; readonly choose: ChooseRows }) {
  const bins = useMemo(
    () => BINS.map(({ label, text }, at): Bin => ({ label, text, count: report.cover[at] ?? 0 })),
    [report.cover],
  );
  const open = useCallback((index: number) => choose.where(BINS[index]?.where ?? []), [choose]);
  return (
    <Histogram title="Days of cover" of="Products" by="Days of cover" bins={bins} onOpen={open}>
      <p className="muted small rows-note">
        The stock divided by the pieces sold per day on the last 30 days with an order. Choose a bar to list
        its products.
      </p>
    </Histogram>
  );
}
