import {
  type Column,
  type ColumnType,
  type Contract,
  columnNotation,
  type DecimalType,
  isDecimal,
  type Notation,
} from '../domain/contract';
import { isId, MAX_ID_BYTES } from '../domain/values';
import { quoteLiteral } from '../engine/duckdb/quote';

/**
 * SQL for the value of a cell: null if the text is empty, not canonical, or invalid. Canonical are the most common forms, for
 * which DuckDB's casts and the rules of domain/values agree; the test compares the two.
 */
export function canonicalValue(
  text: string,
  column: Column,
  contract: Pick<Contract, 'key' | 'notation'>,
): string {
  const { type } = column;
  if (isAlwaysCanonical(column, contract)) return `nullif(${text}, '')`;
  if (type === 'text') return textId(text);
  const notation = columnNotation(column, contract);
  const form = formOf(type, isId(column, contract), notation);
  const { quick, canonical, cast } = form(text);
  // The rules ignore spaces around every value but a JSON text.
  const trimmed = type === 'json' ? text : `trim(${text}, ' ')`;
  // Casting an empty text fails, which takes ten times as long as a cast that succeeds. The second condition covers most cells
  // at a third of the cost; the last one is the full definition of canonical.
  return (
    `case when ${text} = '' then null when ${quick} then ${cast} ` +
    `when regexp_full_match(${trimmed}, ${quoteLiteral(canonical)}) then ${form(trimmed).cast} end`
  );
}

/** True if every text of the column is canonical. */
export const isAlwaysCanonical = (column: Column, contract: Pick<Contract, 'key'>): boolean =>
  column.type === 'text' && !isId(column, contract);

/** The most common ways to write no value. */
const NO_VALUE = ["''", "'NULL'", "'null'", "'NaN'", "'nan'", "'NaT'", "'None'", "'\\N'"];

/** SQL for the condition that a cell has no value; false also for less common ways to write none. */
export const isMissing = (text: string, type: ColumnType): string =>
  type === 'text' ? `${text} = ''` : `${text} in (${NO_VALUE.join(', ')})`;

/** An id in scientific notation is not canonical, nor is one that is too long. */
const textId = (text: string) =>
  `case when not (${text} glob '*[0-9][eE][-+][0-9]*') and strlen(${text}) <= ${MAX_ID_BYTES} then nullif(${text}, '') end`;

/** SQL and a regular expression. */
interface Form {
  /** A condition that most canonical texts meet, and only such for which the cast agrees with the rules. */
  readonly quick: string;
  /** All canonical texts. */
  readonly canonical: string;
  readonly cast: string;
}

function formOf(type: Exclude<ColumnType, 'text'>, id: boolean, notation: Notation): (text: string) => Form {
  const { decimal = '.', zone = 'UTC', leadingZeros } = notation;
  if (isDecimal(type)) return decimalForm(type, decimal);
  switch (type) {
    case 'int64':
      return id && leadingZeros !== 'drop' ? ID : INT64;
    case 'money':
      return decimalForm('decimal(18,4)', decimal);
    case 'double':
      return doubleForm(decimal);
    case 'timestamp':
      return zone === 'UTC' ? TIMESTAMP : ZONED_TIMESTAMP;
    default:
      return OTHERS[type];
  }
}

// For digits only, a cast agrees with the rules, or fails if there are too many.
const INT64 = (text: string): Form => ({
  quick: `not (${text} glob '*[!0-9]*')`,
  canonical: '-?[0-9]{1,18}',
  cast: `try_cast(${text} as bigint)`,
});

/** Without leading zeros: among digits, only they and zero itself are less than 1. */
const ID = (text: string): Form => ({
  quick: `${INT64(text).quick} and ${text} >= '1'`,
  canonical: '0|-?[1-9][0-9]{0,17}',
  cast: INT64(text).cast,
});

/** No amount of this length is too large. */
const SHORT_AMOUNT = 13;

/** A cast to a small decimal fails if there are too many digits. */
const decimalForm = (type: DecimalType, decimal: string) => (text: string) => ({
  quick: `strlen(${text}) <= ${SHORT_AMOUNT} and not suffix(${text}, '${decimal}') and not (${text} glob '*[!0-9${decimal}]*')`,
  canonical: `-?[0-9]{1,13}([${decimal}][0-9]{1,18})?`,
  cast: `try_cast(${withPoint(text, decimal)} as ${type})`,
});

const doubleForm = (decimal: string) => (text: string) => ({
  quick: 'false',
  canonical: `-?[0-9]{1,15}([${decimal}][0-9]{1,15})?`,
  cast: `try_cast(${withPoint(text, decimal)} as double)`,
});

const withPoint = (text: string, decimal: string) =>
  decimal === '.' ? text : `replace(${text}, '${decimal}', '.')`;

/** Excludes the year 0000, which a cast accepts and the rules refuse. */
const YEAR = '([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])';
const TIME = '([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,6})?';
/** No other offset: a cast to timestamp would ignore it. */
const IN_UTC = '(Z|[+]00:00| UTC)';

/**
 * Casts are lenient about spaces, signs and missing digits. The digits in this form exclude other forms of the same length, and
 * hours above 29.
 */
const TIME_FORM = '[0-9]???-??-?[0-9][T ][0-2]?:??:?[0-9]';

const TIMESTAMP = (text: string): Form => ({
  // A cast accepts hour 24, and year 0000 as 1 BC.
  quick: `${text} glob '${TIME_FORM}' and not suffix(${text}, '24:00:00') and ${text} >= '0001'`,
  canonical: `${YEAR}-[0-9]{2}-[0-9]{2}[T ]${TIME}${IN_UTC}?`,
  // The cast refuses days that do not exist.
  cast: `make_timestamptz(epoch_us(try_cast(${text} as timestamp)))`,
});

/** Without an offset, a time is in another zone than UTC. */
const ZONED_TIMESTAMP = (text: string): Form => ({
  quick: 'false',
  canonical: `${YEAR}-[0-9]{2}-[0-9]{2}[T ]${TIME}${IN_UTC}`,
  cast: TIMESTAMP(text).cast,
});

const OTHERS = {
  boolean: (text: string): Form => ({
    quick: `${text} in ('true', 'false')`,
    canonical: 'true|false',
    cast: `try_cast(${text} as boolean)`,
  }),
  date: (text: string): Form => ({
    quick: 'false',
    canonical: `${YEAR}-[0-9]{2}-[0-9]{2}`,
    cast: `try_cast(${text} as date)`,
  }),
  json: (text: string): Form => ({ quick: 'false', canonical: '0|[1-9][0-9]{0,14}', cast: text }),
};
