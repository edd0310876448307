import type { Column } from './data-table';
import { formatBytes, formatCount } from './format';

type Layout = Pick<Column<unknown>, 'width' | 'minWidth' | 'wideOnly'>;
type Amount = number | null | undefined;

/** Creates columns of amounts; `unknown` is shown for a missing one. */
const amountColumn =
  (format: (amount: number) => string) =>
  <Row>(
    id: string,
    header: string,
    value: (row: Row) => Amount,
    layout: Layout = {},
    unknown = '',
  ): Column<Row> => {
    const cell = (row: Row) => {
      const amount = value(row);
      return amount === null || amount === undefined ? unknown : format(amount);
    };
    return { id, header, value, cell, numeric: true, ...layout };
  };

/** A column of counts. */
export const countColumn = amountColumn(formatCount);

/** A column of sizes in bytes. */
export const bytesColumn = amountColumn(formatBytes);
