import type { ColumnType } from '../../domain/contract';
import { quoteLiteral } from '../../engine/duckdb/session';

/**
 * The value of a cell's text as SQL: null where the text is empty, not canonical, or means nothing. Canonical are the
 * commonest forms, which DuckDB's casts and the rules of domain/values.ts read alike; the test compares the two.
 */
export function canonicalValue(text: string, type: ColumnType): string {
  if (type === 'text') return `nullif(${text}, '')`;
  const cast = CAST[type](text);
  // A cast of an empty text fails, which takes ten times as long as one that succeeds. Then a condition that tells most
  // cells at a third of the cost; the last is the whole of what is canonical.
  return (
    `case when ${text} = '' then null when ${QUICK[type](text)} then ${cast} ` +
    `when regexp_full_match(${text}, ${quoteLiteral(CANONICAL[type])}) then ${cast} end`
  );
}

type Typed = Exclude<ColumnType, 'text'>;

/** With so many characters no amount is too large. */
const SHORT_AMOUNT = 13;

/**
 * Has digits where a cast, which is generous with spaces, signs and missing digits, could else take another form of this
 * length, and names no hour above 29.
 */
const TIME_FORM = '[0-9]???-??-?[0-9][T ][0-2]?:??:?[0-9]';

const QUICK: Readonly<Record<Typed, (text: string) => string>> = {
  // Of digits alone a cast makes what the rules make, or nothing where they are too many.
  int64: (text) => `not (${text} glob '*[!0-9]*')`,
  money: (text) =>
    `strlen(${text}) <= ${SHORT_AMOUNT} and not suffix(${text}, '.') and not (${text} glob '*[!0-9.]*')`,
  // A cast takes the hour 24, and the year 0000 for one before our era.
  timestamp: (text) =>
    `${text} glob '${TIME_FORM}' and not suffix(${text}, '24:00:00') and ${text} >= '0001'`,
};

/** The year 0000 stands in no form here: a cast would take it, the rules refuse it. */
const YEAR = '([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])';
const TIME = '([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,6})?';

const CANONICAL: Readonly<Record<Typed, string>> = {
  int64: '-?[0-9]{1,18}',
  money: '-?[0-9]{1,13}([.][0-9]{1,18})?',
  // No other offset: a cast to timestamp would pass over it.
  timestamp: `${YEAR}-[0-9]{2}-[0-9]{2}[T ]${TIME}(Z|[+]00:00| UTC)?`,
};

const CAST: Readonly<Record<Typed, (text: string) => string>> = {
  int64: (text) => `try_cast(${text} as bigint)`,
  money: (text) => `try_cast(${text} as decimal(18,4))`,
  // The cast refuses days that do not exist.
  timestamp: (text) => `make_timestamptz(epoch_us(try_cast(${text} as timestamp)))`,
};
