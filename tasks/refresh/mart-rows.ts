import { exactColumn, exactColumns, type Mart, type MartColumn, queriedColumns } from '../../domain/mart';
import { quoteIdentifier, quoteLiteral } from '../../engine/duckdb/quote';
import { columnList, equalOn, fill } from '../../engine/duckdb/sql';
import { type DeltaType, duckDbType, martDeltaType } from '../../lake/schema';
import addedRowsSql from './added_rows.sql';

/** The mart's query over the views of its inputs: the columns without rates, sums of money exact. */
export const queryOf = ({ sql }: Mart, timeZone: string): string =>
  fill(sql, { time_zone: quoteLiteral(timeZone) });

/**
 * A query for all columns of a mart's table, from a relation with those that its query gives.
 * @param typeName of the engine's SQL
 */
export function completeRows(
  mart: Mart,
  relation: string,
  typeName: (type: DeltaType) => string = duckDbType,
): string {
  const columns = mart.columns.map((column) => {
    const type = typeName(martDeltaType(column.type));
    return `cast(${columnSql(mart, column)} as ${type}) as ${quoteIdentifier(column.name)}`;
  });
  const exact = exactColumns(mart).map(
    ({ name }) => `${quoteIdentifier(name)} as ${quoteIdentifier(exactColumn(name))}`,
  );
  return `select ${[...columns, ...exact].join(', ')} from ${relation}`;
}

function columnSql({ columns }: Mart, { name, type, rate }: MartColumn): string {
  if (!rate) return quoteIdentifier(name);
  /** The decimal places that make a value whole. */
  const places = (of: string) =>
    columns.some((column) => column.name === of && column.type !== 'count') ? 4 : 0;
  const whole = (of: string) =>
    places(of) > 0 ? `cast(${quoteIdentifier(of)} * 10000 as decimal(38, 0))` : quoteIdentifier(of);
  const [dividend, divisor] = [whole(rate.dividend), whole(rate.divisor)];
  // The hundredths are dividend / divisor times this power of ten.
  const power = (type === 'percent' ? 4 : 2) - places(rate.dividend) + places(rate.divisor);
  // a / b rounded half up is the integer part of (2a + b) / 2b.
  const hundredths =
    power >= 0
      ? `div(${dividend} * ${2 * 10 ** power} + ${divisor}, ${divisor} * 2)`
      : `div(${dividend} * 2 + ${divisor} * ${10 ** -power}, ${divisor} * ${2 * 10 ** -power})`;
  return `case when ${divisor} > 0 then cast(${hundredths} as decimal(35, 0)) * cast(0.01 as decimal(3, 2)) end`;
}

/**
 * A query for the columns of an additive mart without rates: the stored values, less those of the rows before the changes, plus
 * those of the rows after them. Keys of which nothing is left have 0 in `exists`.
 *
 * @param keys relation of the keys whose values differ before and after
 * @param stored relation of the mart's rows with these keys
 * @param before relation of what the mart's query gives for the rows before; after: for those after
 */
export function addedRows(mart: Mart, keys: string, stored: string, before: string, after: string): string {
  const exact = new Set(exactColumns(mart).map(({ name }) => name));
  const exists = quoteIdentifier(mart.refresh.exists ?? '');
  const values = queriedColumns(mart)
    .filter(({ name }) => !mart.key.includes(name))
    .map(({ name, nullable }) => {
      const column = quoteIdentifier(name);
      const old = `s.${exact.has(name) ? quoteIdentifier(exactColumn(name)) : column}`;
      const sum = `coalesce(${old}, 0) - coalesce(b.${column}, 0) + coalesce(a.${column}, 0)`;
      const value = nullable
        ? `case when a.${exists} is not null and a.${column} is null then null when s.${exists} is not null and ${old} is null then a.${column} else ${sum} end`
        : sum;
      return `${value} as ${column}`;
    });
  return fill(addedRowsSql, {
    keys,
    keys_of: columnList(mart.key, 'k'),
    values: values.join(', '),
    stored,
    before,
    after,
    same_stored: equalOn(mart.key, 'k', 's'),
    same_before: equalOn(mart.key, 'k', 'b'),
    same_after: equalOn(mart.key, 'k', 'a'),
  });
}
