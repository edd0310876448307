import type { Column } from './data-table';
import { formatBytes, formatCount } from './format';

type Layout = Pick<Column<unknown>, 'width' | 'minWidth' | 'wideOnly'>;
type Amount = number | null | undefined;

/** Of columns of amounts, of which `unknown` is shown where there is none. */
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

/** A column of sizes, given in bytes. */
export const bytesColumn = amountColumn(formatBytes);
