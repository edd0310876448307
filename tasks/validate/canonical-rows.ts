import type { HeaderMatch } from '../../domain/file-rules';
import { type ColumnType, KIND_SPECS } from '../../domain/kinds';
import { type DuckDb, quoteLiteral } from '../../lake/duckdb';
import canonicalRowsSql from './canonical-rows.sql';
import type { Delimiter } from './read-rows';
import type { TextSource } from './read-text';
import remainingLinesSql from './remaining-lines.sql';
import type { TextScan } from './scan-text';
import { fillTemplate, lineage, type RowSource, selectList } from './typed-columns';

/** Half of what DuckDB takes for a line unless it is told otherwise. */
const LONGEST_LINE_BYTES = 1_000_000;

/** Line numbers are held in memory. Where more lines than this are not canonical, the file is read row by row. */
const MOST_REMAINING_LINES = 1_000_000;

export interface PlainFile {
  readonly source: TextSource;
  readonly scan: TextScan;
  readonly header: HeaderMatch;
  readonly delimiter: Delimiter;
  readonly origin: RowSource;
}

export interface CanonicalRows {
  /** Rows written. */
  readonly rows: number;
  /** The physical lines behind the header that were not taken, in order. */
  readonly remaining: readonly number[];
}

/**
 * Writes the rows of a plain file as Parquet, without a row passing through JavaScript: some twenty times as fast. Only
 * rows are taken of which all cells have the commonest forms, those that DuckDB's casts and the rules of
 * domain/values.ts read alike; the rules have the last word on every other line.
 *
 * @returns undefined where the file must be read row by row; what lies at `path` then is of no use
 */
export async function writeCanonicalRows(
  db: DuckDb,
  file: PlainFile,
  path: string,
): Promise<CanonicalRows | undefined> {
  const { scan } = file;
  const absent = absentByte(scan);
  if (!scan.plain || scan.longestLine > LONGEST_LINE_BYTES || absent === undefined) return undefined;
  const source = linesOf(file.source, absent);
  try {
    const parameters = { ...lineage(file.origin), width: file.header.width };
    const [copied] = await db.rows<{ Count: string }>(canonicalSql(file, source, path), parameters);
    const rows = Number(copied?.Count);
    const left = scan.lines - 1 - rows;
    if (left === 0) return { rows, remaining: [] };
    if (left > MOST_REMAINING_LINES || !(await hasLines(db, source, scan.lines - 1))) return undefined;
    return { rows, remaining: await remainingLines(db, path, scan.lines) };
  } catch (error) {
    // What DuckDB minds in the file is for the row by row reading to tell.
    if (`${error}`.includes('Invalid Input Error')) return undefined;
    throw error;
  }
}

/** A control character that the file does not hold, neither a tab nor of a line end. */
function absentByte(scan: TextScan): number | undefined {
  for (let byte = 1; byte < 9; byte += 1) if (scan.count(byte) === 0) return byte;
  return undefined;
}

function linesOf(source: TextSource, absent: number): string {
  const delimiter = quoteLiteral(String.fromCharCode(absent));
  return (
    `read_csv(${quoteLiteral(source.path)}, auto_detect = false, header = false, skip = 1, ` +
    `columns = {'line': 'varchar'}, delim = ${delimiter}, quote = '', escape = '', comment = '', ` +
    `compression = '${source.gzip ? 'gzip' : 'none'}', ignore_errors = false, strict_mode = true)`
  );
}

function canonicalSql({ header, delimiter }: PlainFile, source: string, path: string): string {
  const columns = KIND_SPECS[header.kind].columns;
  const text = (at: number) => `c${at}`;
  const accepted = columns.map(({ type, required }, at) => {
    const value = canonicalValue(text(at), type);
    return required ? `${value} is not null` : `(${text(at)} is null or ${value} is not null)`;
  });
  return fillTemplate(canonicalRowsSql, {
    source,
    delimiter: quoteLiteral(delimiter),
    texts: columns
      .map((_, at) => `nullif(cells[${(header.positions[at] ?? 0) + 1}], '') as ${text(at)}`)
      .join(',\n      '),
    columns: selectList(header.kind, (at, type) => canonicalValue(text(at), type)),
    accepted: accepted.join('\n        and '),
    path: quoteLiteral(path),
  });
}

/** The year 0000 stands in no form here: a cast would take it, the rules refuse it. */
const YEAR = '([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])';
const TIME = '([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,6})?';

/** Forms that a cast and the rules of domain/values.ts read alike; the test compares the two. */
const CANONICAL: Readonly<Record<Exclude<ColumnType, 'text'>, string>> = {
  int64: '-?[0-9]{1,18}',
  money: '-?[0-9]{1,13}([.][0-9]{1,18})?',
  // No other offset: a cast to timestamp would pass over it.
  timestamp: `${YEAR}-[0-9]{2}-[0-9]{2}[T ]${TIME}(Z|[+]00:00| UTC)?`,
};

const CAST: Readonly<Record<Exclude<ColumnType, 'text'>, (text: string) => string>> = {
  int64: (text) => `try_cast(${text} as bigint)`,
  money: (text) => `try_cast(${text} as decimal(18,4))`,
  // The cast refuses days that do not exist.
  timestamp: (text) => `make_timestamptz(epoch_us(try_cast(${text} as timestamp)))`,
};

/** Null where the text is null, not canonical, or means nothing. */
function canonicalValue(text: string, type: ColumnType): string {
  if (type === 'text') return text;
  return `case when regexp_full_match(${text}, ${quoteLiteral(CANONICAL[type])}) then ${CAST[type](text)} end`;
}

/** Whether DuckDB sees the lines that the scan saw, so that both number them alike. */
async function hasLines(db: DuckDb, source: string, lines: number): Promise<boolean> {
  const [counted] = await db.rows<{ lines: string }>(`select count(*) as lines from ${source}`);
  return Number(counted?.lines) === lines;
}

async function remainingLines(db: DuckDb, path: string, lines: number): Promise<number[]> {
  const sql = fillTemplate(remainingLinesSql, { canonical: quoteLiteral(path) });
  const reader = await db.connection.runAndReadAll(sql, { lines });
  return reader.getColumns()[0] as number[];
}
