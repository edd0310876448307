import { type ColumnType, type DecimalType, isDecimal } from '../domain/contract';
import { quoteLiteral } from '../engine/duckdb/session';

/**
 * SQL for the value of a cell: null if the text is empty, not canonical, or invalid. Canonical are the most common forms, for
 * which DuckDB's casts and the rules of domain/values.ts agree; the test compares the two.
 */
export function canonicalValue(text: string, type: ColumnType): string {
  if (type === 'text') return `nullif(${text}, '')`;
  const form = isDecimal(type) ? DECIMAL_FORM : type;
  const cast = isDecimal(type) ? `try_cast(${text} as ${type})` : CAST[type](text);
  // Casting an empty text fails, which takes ten times as long as a cast that succeeds. The second condition covers most cells
  // at a third of the cost; the last one is the full definition of canonical.
  return (
    `case when ${text} = '' then null when ${QUICK[form](text)} then ${cast} ` +
    `when regexp_full_match(${text}, ${quoteLiteral(CANONICAL[form])}) then ${cast} end`
  );
}

type Typed = Exclude<ColumnType, 'text' | DecimalType>;

/** The forms of any decimal are those of money; a cast to a smaller one fails if there are too many digits. */
const DECIMAL_FORM = 'money';

/** No amount of this length is too large. */
const SHORT_AMOUNT = 13;

/**
 * Casts are lenient about spaces, signs and missing digits. The digits in this form exclude other forms of the same length, and
 * hours above 29.
 */
const TIME_FORM = '[0-9]???-??-?[0-9][T ][0-2]?:??:?[0-9]';

const QUICK: Readonly<Record<Typed, (text: string) => string>> = {
  // For digits only, a cast agrees with the rules, or fails if there are too many.
  int64: (text) => `not (${text} glob '*[!0-9]*')`,
  money: (text) =>
    `strlen(${text}) <= ${SHORT_AMOUNT} and not suffix(${text}, '.') and not (${text} glob '*[!0-9.]*')`,
  // A cast accepts hour 24, and year 0000 as 1 BC.
  timestamp: (text) =>
    `${text} glob '${TIME_FORM}' and not suffix(${text}, '24:00:00') and ${text} >= '0001'`,
  double: () => 'false',
  boolean: (text) => `${text} in ('true', 'false')`,
  date: () => 'false',
  json: () => 'false',
};

/** Excludes the year 0000, which a cast accepts and the rules refuse. */
const YEAR = '([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])';
const TIME = '([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,6})?';

const CANONICAL: Readonly<Record<Typed, string>> = {
  int64: '-?[0-9]{1,18}',
  money: '-?[0-9]{1,13}([.][0-9]{1,18})?',
  // No other offset: a cast to timestamp would ignore it.
  timestamp: `${YEAR}-[0-9]{2}-[0-9]{2}[T ]${TIME}(Z|[+]00:00| UTC)?`,
  double: '-?[0-9]{1,15}([.][0-9]{1,15})?',
  boolean: 'true|false',
  date: `${YEAR}-[0-9]{2}-[0-9]{2}`,
  json: '[0-9]{1,15}',
};

const CAST: Readonly<Record<Typed, (text: string) => string>> = {
  int64: (text) => `try_cast(${text} as bigint)`,
  money: (text) => `try_cast(${text} as decimal(18,4))`,
  // The cast refuses days that do not exist.
  timestamp: (text) => `make_timestamptz(epoch_us(try_cast(${text} as timestamp)))`,
  double: (text) => `try_cast(${text} as double)`,
  boolean: (text) => `try_cast(${text} as boolean)`,
  date: (text) => `try_cast(${text} as date)`,
  json: (text) => text,
};
