import type { Column } from './data-table';
import { formatBytes, formatCount } from './format';

type Layout = Pick<Column<unknown>, 'width' | 'minWidth' | 'wideOnly'>;
type Amount = number | null | undefined;

/** A column of counts. @param unknown what is shown where there is none */
export function countColumn<Row>(
  id: string,
  header: string,
  value: (row: Row) => Amount,
  layout: Layout = {},
  unknown = '',
): Column<Row> {
  return amountColumn(id, header, value, formatCount, layout, unknown);
}

/** A column of sizes, given in bytes. @param unknown what is shown where there is none */
export function bytesColumn<Row>(
  id: string,
  header: string,
  value: (row: Row) => Amount,
  layout: Layout = {},
  unknown = '',
): Column<Row> {
  return amountColumn(id, header, value, formatBytes, layout, unknown);
}

function amountColumn<Row>(
  id: string,
  header: string,
  value: (row: Row) => Amount,
  format: (amount: number) => string,
  layout: Layout,
  unknown: string,
): Column<Row> {
  const cell = (row: Row) => {
    const amount = value(row);
    return amount === null || amount === undefined ? unknown : format(amount);
  };
  return { id, header, value, cell, numeric: true, ...layout };
}
