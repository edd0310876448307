import { useMemo } from 'react';
import type { CategoryFigures } from '../../api/kpis';
import { changeText, NO_DATA, rateText } from '../range/figure-text';
import { type Column, DataTable } from '../shared/data-table';
import { formatDecimal, formatPercent } from '../shared/format';

interface Props {
  readonly label: string;
  readonly categories: readonly CategoryFigures[];
  /** There is a period before to compare with. */
  readonly hasBefore: boolean;
  /** Pixels. */
  readonly height?: number;
}

/** Categories, by revenue unless the user sorts by another column. */
export function Ranking({ label, categories, hasBefore, height = 420 }: Props) {
  const columns = useMemo(
    (): Column<CategoryFigures>[] => [
      {
        id: 'category',
        header: 'Category',
        width: 1.3,
        value: ({ category }) => category,
        cell: ({ category }) => <bdi title={category}>{category}</bdi>,
      },
      {
        id: 'revenue',
        header: 'Revenue',
        numeric: true,
        width: 1.4,
        value: ({ revenue }) => Number(revenue),
        cell: ({ revenue }) => formatDecimal(revenue),
      },
      {
        id: 'share',
        header: 'Share',
        numeric: true,
        wideOnly: true,
        value: ({ share }) => (share === null ? null : Number(share)),
        cell: ({ share }) => (share === null ? '–' : formatPercent(share)),
      },
      {
        id: 'order-value',
        header: 'Order value',
        numeric: true,
        wideOnly: true,
        value: ({ avg_order_value }) => (avg_order_value === null ? null : Number(avg_order_value)),
        cell: ({ avg_order_value }) => (avg_order_value === null ? NO_DATA : formatDecimal(avg_order_value)),
      },
      {
        id: 'returns',
        header: 'Returns',
        numeric: true,
        width: 1.3,
        value: ({ return_rate }) => (return_rate === null ? null : Number(return_rate)),
        cell: ({ return_rate }) => rateText(return_rate),
      },
      ...(hasBefore
        ? [
            {
              id: 'change',
              header: 'Change',
              numeric: true,
              wideOnly: true,
              value: ({ change }: CategoryFigures) => (change === null ? null : Number(change)),
              cell: ({ change }: CategoryFigures) => changeText(change),
            },
          ]
        : []),
    ],
    [hasBefore],
  );
  return (
    <DataTable
      label={label}
      columns={columns}
      rows={categories}
      rowId={({ category }) => category}
      height={height}
      initialSort={{ id: 'revenue', desc: true }}
    />
  );
}
