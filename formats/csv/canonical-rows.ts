import { rm } from 'node:fs/promises';
import { type DuckDb, quoteList, quoteLiteral } from '../../engine/duckdb/session';
import { fill } from '../../engine/duckdb/sql';
import canonicalFilesSql from './canonical-files.sql';
import canonicalRowsSql from './canonical-rows.sql';
import { canonicalValue } from './canonical-values';
import type { InspectedFile } from './inspect-file';
import remainingLinesSql from './remaining-lines.sql';
import type { TextScan } from './scan-text';
import { nameList, ROWS_FORMAT, selectList, uploadTime } from './typed-columns';

/** Half of DuckDB's default for the maximum line size. */
const MAX_LINE_BYTES = 1_000_000;

/** Line numbers are held in memory. With more lines that are not canonical, files are read row by row. */
const MAX_REMAINING_LINES = 1_000_000;

/** Maximum columns for which DuckDB's reader splits lines into cells. */
const MAX_COLUMNS = 200;

/** Errors of the query itself, not caused by a file. */
const SQL_ERRORS = /\b(Parser|Binder|Catalog) Error:/;

/** One file of a {@link CanonicalRows}. */
export interface CanonicalFile {
  /** The row number of the first line after the header. */
  readonly firstRow: number;
  /** Accepted rows. */
  readonly rows: number;
  /** The physical lines after the header that were not accepted, in order. */
  readonly remaining: readonly number[];
}

/** The typed rows of plain files of one shape. */
export interface CanonicalRows {
  /** The Parquet file that canonical-rows.sql writes. */
  readonly path: string;
  /** In file order. */
  readonly files: readonly CanonicalFile[];
}

/**
 * A key that is equal for files that one query can read together; undefined for a file that must be read row by row. In a plain
 * file every line is a record and every delimiter separates cells, so DuckDB and {@link readRows} find the same cells.
 */
export function plainShape({ scan, source, header, delimiter }: InspectedFile): string | undefined {
  const absent = absentByte(scan);
  if (!scan.plain || scan.longestLine > MAX_LINE_BYTES || absent === undefined) return undefined;
  const lineEnd = scan.count(0x0d) > 0 ? 'CR LF' : 'LF';
  return JSON.stringify([
    header.contract.kind,
    delimiter,
    lineEnd,
    source.gzip,
    absent,
    header.width,
    header.positions,
  ]);
}

/**
 * Types the rows of plain files in DuckDB, about twenty times as fast as in JavaScript. Accepts only rows whose cells all have
 * the most common forms; the rules of domain/ decide on every other line.
 *
 * @param files of the same {@link plainShape}, each with at least one row
 * @param first the value of column `file` for the first file; the others follow
 * @param path of the Parquet file to write
 * @returns undefined if the files must be read row by row
 */
export async function readCanonicalRows(
  db: DuckDb,
  files: readonly InspectedFile[],
  first: number,
  path: string,
): Promise<CanonicalRows | undefined> {
  for (const cells of [nativeCells, splitCells]) {
    const query = cells(files, first);
    if (query === undefined) continue;
    try {
      await db.run(canonicalSql(files, query, path), originOf(files));
      const found = await canonicalFiles(db, files, path, first);
      if (found) return { path, files: found };
    } catch (error) {
      // Errors that a file causes, down to the flags of its gzip header, are reported by reading row by row.
      if (SQL_ERRORS.test(`${error}`)) throw error;
    }
  }
  await rm(path, { force: true });
  return undefined;
}

/** The output of canonical-rows.sql, as a relation with `file_row_number`. */
export const canonicalRelation = (path: string): string =>
  `read_parquet(${quoteLiteral(path)}, file_row_number = true)`;

/** A control character, other than tab and line endings, that does not occur in the file. */
function absentByte(scan: TextScan): number | undefined {
  for (let byte = 1; byte < 9; byte += 1) if (scan.count(byte) === 0) return byte;
  return undefined;
}

/**
 * Lets DuckDB's reader split lines, into one column more than the header has. A missing cell is null, unlike an empty one; a
 * line with two or more extra cells is an error.
 */
function nativeCells(files: readonly InspectedFile[], first: number): string | undefined {
  const [{ header, delimiter }] = files as readonly [InspectedFile];
  if (header.width > MAX_COLUMNS) return undefined;
  const names = Array.from({ length: header.width + 1 }, (_, at) => `'f${at}': 'varchar'`);
  const source = readCsv(files, {
    columns: `{${names.join(', ')}}`,
    delim: quoteLiteral(delimiter),
    null_padding: 'true',
    nullstr: absentText(files),
  });
  return (
    `select (file_index + ${first})::integer as file, ${cellList(header.positions, (at) => `f${at}`)}, ` +
    `f${header.width - 1} is not null and f${header.width} is null as complete from ${source}`
  );
}

/** Reads whole lines and splits them in the query, which handles any number of extra cells. */
function splitCells(files: readonly InspectedFile[], first: number): string {
  const [{ header, delimiter }] = files as readonly [InspectedFile];
  const source = readCsv(files, { columns: "{'line': 'varchar'}", delim: absentText(files) });
  return (
    `select file, ${cellList(header.positions, (at) => `cells[${at + 1}]`)}, len(cells) = ${header.width} as complete ` +
    `from (select (file_index + ${first})::integer as file, string_split(line, ${quoteLiteral(delimiter)}) as cells from ${source})`
  );
}

const absentText = ([file]: readonly InspectedFile[]): string =>
  quoteLiteral(String.fromCharCode((file && absentByte(file.scan)) ?? 1));

function cellList(positions: readonly number[], cell: (at: number) => string): string {
  return positions.map((position, at) => `${cell(position)} as c${at}`).join(', ');
}

function readCsv(files: readonly InspectedFile[], options: Readonly<Record<string, string>>): string {
  const all = {
    auto_detect: 'false',
    header: 'false',
    skip: '1',
    quote: "''",
    escape: "''",
    comment: "''",
    compression: files[0]?.source.gzip ? "'gzip'" : "'none'",
    ignore_errors: 'false',
    strict_mode: 'true',
    ...options,
  };
  const settings = Object.entries(all).map(([name, value]) => `${name} = ${value}`);
  return `read_csv(${quoteList(files.map(({ source }) => source.path))}, ${settings.join(', ')})`;
}

function originOf([file, ...others]: readonly InspectedFile[]): {
  key: string | null;
  uploaded_at: string | null;
} {
  if (!file || others.length > 0) return { key: null, uploaded_at: null };
  return { key: file.origin.key, uploaded_at: uploadTime(file.origin) };
}

function canonicalSql(files: readonly InspectedFile[], cells: string, path: string): string {
  const [{ header }] = files as readonly [InspectedFile];
  const { contract } = header;
  const accepted = contract.columns.map(({ name, type, required }, at) => {
    if (required) return `"${name}" is not null`;
    return type === 'text' ? undefined : `(c${at} = '' or "${name}" is not null)`;
  });
  return fill(canonicalRowsSql, {
    cells,
    path: quoteLiteral(path),
    format: ROWS_FORMAT,
    columns: selectList(contract, (at, type) => canonicalValue(`c${at}`, type)),
    names: nameList(contract),
    accepted: accepted.filter((condition) => condition !== undefined).join('\n    and '),
  });
}

/** @returns undefined if DuckDB found other lines than the scan, or too many that are not canonical */
async function canonicalFiles(
  db: DuckDb,
  files: readonly InspectedFile[],
  path: string,
  first: number,
): Promise<CanonicalFile[] | undefined> {
  const rows = canonicalRelation(path);
  const found = await db.rows<{ first_row: string; lines: string; accepted: string; together: boolean }>(
    fill(canonicalFilesSql, { rows }),
  );
  const asScanned = files.every(
    ({ scan }, at) => found[at]?.together && Number(found[at].lines) === scan.lines - 1,
  );
  if (found.length !== files.length || !asScanned) return undefined;
  const left = found.reduce((sum, { lines, accepted }) => sum + Number(lines) - Number(accepted), 0);
  if (left > MAX_REMAINING_LINES) return undefined;
  const result = found.map(({ first_row, accepted }) => ({
    firstRow: Number(first_row),
    rows: Number(accepted),
    remaining: [] as number[],
  }));
  if (left > 0) {
    const reader = await db.connection.runAndReadAll(fill(remainingLinesSql, { rows }));
    const [numbers = [], rowNumbers = []] = reader.getColumns();
    for (const [at, rowNumber] of rowNumbers.entries()) {
      const file = result[Number(numbers[at]) - first];
      // Line 1 is the header.
      file?.remaining.push(Number(rowNumber) - file.firstRow + 2);
    }
  }
  return result;
}
