import type { HeaderMatch } from '../../domain/file-rules';
import { type ColumnType, KIND_SPECS } from '../../domain/kinds';
import { type DuckDb, quoteIdentifier, quoteLiteral } from '../../lake/duckdb';
import plainRowsSql from './plain-rows.sql';
import type { Delimiter } from './read-rows';
import type { TextSource } from './read-text';
import type { TextScan } from './scan-text';
import { fillTemplate, lineage, type RowSource, selectList } from './typed-columns';

/** Half of what DuckDB takes for a line unless it is told otherwise. */
const LONGEST_LINE_BYTES = 1_000_000;

/** Beyond it a header is an oddity, not worth a query of that width. */
const WIDEST_HEADER = 1000;

/**
 * Whether DuckDB may read the file: one record per line, and as many delimiters as lines of the header's width have.
 * DuckDB refuses a line with too few cells, but lets one empty cell too many pass; the count does not.
 */
export function isPlain(scan: TextScan, header: HeaderMatch, delimiter: Delimiter): boolean {
  return (
    scan.plain &&
    scan.longestLine <= LONGEST_LINE_BYTES &&
    header.width <= WIDEST_HEADER &&
    scan.count(delimiter.charCodeAt(0)) === scan.lines * (header.width - 1)
  );
}

/**
 * Writes the rows of a plain file as Parquet, without a row passing through JavaScript: some twenty times as fast. Only
 * cells of the commonest forms are taken, of which DuckDB makes what the rules of domain/values.ts make.
 * @returns the rows written; undefined where any row needs those rules, and what lies at `path` then is of no use
 */
export async function writePlainRows(
  db: DuckDb,
  file: { source: TextSource; scan: TextScan; header: HeaderMatch; delimiter: Delimiter; origin: RowSource },
  path: string,
): Promise<number | undefined> {
  const { source, scan, header, delimiter, origin } = file;
  const columns = KIND_SPECS[header.kind].columns;
  const names = Array.from({ length: header.width }, (_, at) => `${quoteLiteral(`c${at}`)}: 'varchar'`);
  const sql = fillTemplate(plainRowsSql, {
    columns: selectList(header.kind, (at, type) =>
      canonical(quoteIdentifier(`c${header.positions[at]}`), type, columns[at]?.required ?? false),
    ),
    source: quoteLiteral(source.path),
    compression: quoteLiteral(source.gzip ? 'gzip' : 'none'),
    cells: `{${names.join(', ')}}`,
    delimiter: quoteLiteral(delimiter),
    path: quoteLiteral(path),
  });
  const parameters = lineage(origin);
  let rows: number;
  try {
    const [copied] = await db.rows<{ Count: string }>(sql, parameters);
    rows = Number(copied?.Count);
  } catch {
    // Whatever DuckDB minds, a cell or the file's shape, the exact way has the last word on it.
    return undefined;
  }
  return rows === scan.lines - 1 ? rows : undefined;
}

/** The year 0000 stands in no form here: a cast would take it, the rules refuse it. */
const YEAR = '([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])';
const DATE_AND_TIME = `${YEAR}-[0-9]{2}-[0-9]{2}[T ]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,6})?`;

/** Forms that a cast and the rules of domain/values.ts read alike; the test compares the two. */
const CANONICAL: Readonly<Record<Exclude<ColumnType, 'text'>, string>> = {
  int64: '-?[0-9]{1,18}',
  money: '-?[0-9]{1,13}([.][0-9]{1,18})?',
  // No other offset: a cast to timestamp would pass over it.
  timestamp: `${DATE_AND_TIME}(Z|[+]00:00| UTC)?`,
};

const VALUE: Readonly<Record<ColumnType, (cell: string) => string>> = {
  text: (cell) => cell,
  int64: (cell) => `try_cast(${cell} as bigint)`,
  money: (cell) => `try_cast(${cell} as decimal(18,4))`,
  // The cast refuses days that do not exist.
  timestamp: (cell) => `make_timestamptz(epoch_us(try_cast(${cell} as timestamp)))`,
};

/** The value of a cell, which is null where it is empty; an error where it is not canonical or must not be empty. */
function canonical(cell: string, type: ColumnType, required: boolean): string {
  const refused = "error('not canonical')";
  const empty = required ? refused : 'null';
  if (type === 'text') return required ? `coalesce(${cell}, ${refused})` : cell;
  const accepted = `regexp_full_match(${cell}, ${quoteLiteral(CANONICAL[type])})`;
  return `case when ${cell} is null then ${empty} when ${accepted} then coalesce(${VALUE[type](cell)}, ${refused}) else ${refused} end`;
}
