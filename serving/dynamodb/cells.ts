/** The values of a mart's columns as text, in SQL: what DynamoDB holds, without its type. */

import { isNumber, type MartColumn } from '../../domain/mart';

/**
 * A column's value as an item has it: a number with every digit, a timestamp as `2025-03-01T10:00:00.5Z`, a date as YYYY-MM-DD, a
 * boolean as `true` or `false`; null without a value.
 * @param value SQL of the column's DuckDB type, in a session whose time zone is UTC
 */
export function cellSql(value: string, type: MartColumn['type']): string {
  const text = `cast(${value} as varchar)`;
  return type === 'timestamp' ? `replace(replace(${text}, ' ', 'T'), '+00', 'Z')` : text;
}

/** The same with one text for a number, as DynamoDB returns it: `12.5` for 12.50. */
export function canonicalCellSql(value: string, type: MartColumn['type']): string {
  const text = cellSql(value, type);
  if (!isNumber(type)) return text;
  return `case when contains(${text}, '.') then rtrim(rtrim(${text}, '0'), '.') else ${text} end`;
}
