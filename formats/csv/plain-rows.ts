import type { HeaderMatch } from '../../domain/header-match';
import { quoteList, quoteLiteral } from '../../engine/duckdb/session';
import type { PlainRows } from '../input-file';
import type { Packaging } from '../packaging/packaging';
import type { TextSource } from '../packaging/read-text';
import { readLines } from './read-lines';
import type { Delimiter } from './read-rows';
import type { TextScan } from './scan-text';

/** Half of DuckDB's default for the maximum line size. */
const MAX_LINE_BYTES = 1_000_000;

/** Maximum columns for which DuckDB's reader splits lines into cells. */
const MAX_COLUMNS = 200;

interface CsvText {
  readonly source: TextSource;
  readonly scan: TextScan;
  readonly header: HeaderMatch;
  readonly delimiter: Delimiter;
  /** The file's text without byte order mark. */
  readonly text: () => AsyncIterable<Buffer>;
}

/**
 * The rows of a file in which every line is a record and every delimiter separates cells, so that DuckDB and {@link readRows} find
 * the same cells; undefined for other files.
 */
export function plainRows({ source, scan, header, delimiter, text }: CsvText): PlainRows | undefined {
  const absent = absentByte(scan);
  if (!scan.plain || scan.longestLine > MAX_LINE_BYTES || absent === undefined) return undefined;
  const layout: Layout = {
    header,
    delimiter,
    packaging: source.packaging,
    absent: String.fromCharCode(absent),
  };
  const lineEnd = scan.count(0x0d) > 0 ? 'CR LF' : 'LF';
  return {
    shape: JSON.stringify([
      'csv',
      header.contract.kind,
      delimiter,
      lineEnd,
      source.packaging,
      absent,
      header.width,
      header.positions,
    ]),
    rows: scan.lines - 1,
    firstLine: 2,
    cellQueries: (paths, first) => {
      const split = splitCells(layout, paths, first);
      return header.width > MAX_COLUMNS ? [split] : [nativeCells(layout, paths, first), split];
    },
    readLines: (lines, onRows) => readLines(text(), lines, delimiter, onRows),
  };
}

/** What files of one shape have in common. */
interface Layout {
  readonly header: HeaderMatch;
  readonly delimiter: Delimiter;
  readonly packaging: Packaging;
  /** A character that does not occur in the files. */
  readonly absent: string;
}

/** A control character, other than tab and line endings, that does not occur in the file. */
function absentByte(scan: TextScan): number | undefined {
  for (let byte = 1; byte < 9; byte += 1) if (scan.count(byte) === 0) return byte;
  return undefined;
}

/**
 * Lets DuckDB's reader split lines, into one column more than the header has. A missing cell is null, unlike an empty one; a
 * line with two or more extra cells is an error.
 */
function nativeCells(layout: Layout, paths: readonly string[], first: number): string {
  const { header, delimiter, absent } = layout;
  const names = Array.from({ length: header.width + 1 }, (_, at) => `'f${at}': 'varchar'`);
  const source = readCsv(layout, paths, {
    columns: `{${names.join(', ')}}`,
    delim: quoteLiteral(delimiter),
    null_padding: 'true',
    nullstr: quoteLiteral(absent),
  });
  return (
    `select (file_index + ${first})::integer as file, ${cellList(header.positions, (at) => `f${at}`)}, ` +
    `f${header.width - 1} is not null and f${header.width} is null as complete from ${source}`
  );
}

/** Reads whole lines and splits them in the query, which handles any number of extra cells. */
function splitCells(layout: Layout, paths: readonly string[], first: number): string {
  const { header, delimiter, absent } = layout;
  const source = readCsv(layout, paths, { columns: "{'line': 'varchar'}", delim: quoteLiteral(absent) });
  return (
    `select file, ${cellList(header.positions, (at) => `cells[${at + 1}]`)}, len(cells) = ${header.width} as complete ` +
    `from (select (file_index + ${first})::integer as file, string_split(line, ${quoteLiteral(delimiter)}) as cells from ${source})`
  );
}

/** A column that the file lacks is an empty cell in every row. */
function cellList(positions: readonly (number | null)[], cell: (at: number) => string): string {
  return positions.map((position, at) => `${position === null ? "''" : cell(position)} as c${at}`).join(', ');
}

function readCsv(
  { packaging }: Layout,
  paths: readonly string[],
  options: Readonly<Record<string, string>>,
): string {
  const all = {
    auto_detect: 'false',
    header: 'false',
    skip: '1',
    quote: "''",
    escape: "''",
    comment: "''",
    compression: quoteLiteral(packaging),
    ignore_errors: 'false',
    strict_mode: 'true',
    ...options,
  };
  const settings = Object.entries(all).map(([name, value]) => `${name} = ${value}`);
  return `read_csv(${quoteList(paths)}, ${settings.join(', ')})`;
}
