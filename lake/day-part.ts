import { quoteIdentifier } from '../engine/duckdb/quote';
import type { DayPart, TableSpec } from './table-spec';

/**
 * SQL: the value of a derived column.
 * @param relation the alias of the rows, where there are others
 */
export function partOfDay(
  { columns }: Pick<TableSpec, 'columns'>,
  { of, skip = 0, length }: DayPart,
  relation?: string,
): string {
  const column = `${relation === undefined ? '' : `${relation}.`}${quoteIdentifier(of)}`;
  const isDate = columns.find(({ name }) => name === of)?.type === 'date';
  // Arithmetic is several times faster than a time zone and a format.
  const date = isDate ? column : `cast(make_timestamp(epoch_us(${column})) as date)`;
  return `cast(${date} as varchar)[${skip + 1}:${skip + length}]`;
}
