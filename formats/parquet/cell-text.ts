import { fill } from '../../engine/duckdb/sql';
import doubleTextSql from './double-text.sql';
import instantTextSql from './instant-text.sql';

/** The numbers from which the floating-point numbers of a type are further apart than 1. */
const EXACT: Readonly<Record<string, string>> = { DOUBLE: '9007199254740992', FLOAT: '16777216' };

const NESTED = /\[\d*\]$|^(STRUCT|MAP|UNION|LIST)\b/;

/** Lists, structs and maps, whose text is JSON. */
export const isNested = (type: string): boolean => NESTED.test(type);

/** Types whose text is a JSON number or boolean, if it is short. */
export const isPlainJson = (type: string): boolean =>
  /^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$|^(DOUBLE|FLOAT|BOOLEAN|DECIMAL\(.*\))$/.test(type);

/**
 * SQL for the text of a value, as a cell of a CSV file would have it, null if there is none: numbers with a point and all their
 * digits, times with an offset if they are instants.
 * @param type DuckDB's
 */
export function cellText(value: string, type: string): string {
  const exact = EXACT[type];
  if (exact !== undefined) return fill(doubleTextSql, { value, exact });
  if (isNested(type)) return `to_json(${value})::varchar`;
  if (type === 'TIMESTAMP WITH TIME ZONE') return fill(instantTextSql, { value });
  // Older writers do not say that their bytes are text.
  if (type === 'BLOB') return `try(decode(${value}))`;
  return type === 'VARCHAR' ? value : `${value}::varchar`;
}
