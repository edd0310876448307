import { cellPositions, type HeaderMatch } from '../../domain/header-match';
import { quoteList, quoteLiteral } from '../../engine/duckdb/session';
import type { PlainRows } from '../input-file';
import type { Packaging } from '../packaging/packaging';
import type { TextSource } from '../packaging/read-text';
import type { Delimiter } from './dialect';
import { type CsvLayout, namedCells, readRows } from './read-rows';
import type { TextScan } from './scan-text';

/** Half of DuckDB's default for the maximum line size. */
const MAX_LINE_BYTES = 1_000_000;

/** Maximum columns for which DuckDB's reader splits lines into cells. */
const MAX_COLUMNS = 200;

interface CsvText {
  readonly source: TextSource;
  readonly scan: TextScan;
  readonly header: HeaderMatch;
  readonly layout: CsvLayout;
  /** The file's text from the first row on. */
  readonly text: () => AsyncIterable<Buffer>;
}

/**
 * The rows of a file in which every line is a record and every delimiter separates cells, so that DuckDB and {@link readRows} find
 * the same cells; undefined for other files.
 */
export function plainRows({ source, scan, header, layout, text }: CsvText): PlainRows | undefined {
  const absent = absentByte(scan);
  // Lines that are left out by their text or place would be rows.
  if (layout.read.comment !== undefined || layout.read.footer !== undefined) return undefined;
  if (!scan.plain || scan.longestLine > MAX_LINE_BYTES || absent === undefined) return undefined;
  const shape: Shape = {
    header,
    names: layout.header,
    delimiter: layout.dialect.delimiter,
    headerLines: layout.firstLine - 1,
    packaging: source.packaging,
    absent: String.fromCharCode(absent),
  };
  const lineEnd = scan.count(0x0d) > 0 ? 'CR LF' : 'LF';
  return {
    shape: JSON.stringify([
      'csv',
      header.contract.kind,
      shape.names,
      shape.delimiter,
      shape.headerLines,
      lineEnd,
      source.packaging,
      absent,
      header.positions,
      header.guards,
    ]),
    rows: scan.lines - shape.headerLines - scan.emptyEnd,
    firstLine: layout.firstLine,
    cellQueries: (paths, first) => {
      const split = splitCells(shape, paths, first);
      return header.width > MAX_COLUMNS ? [split] : [nativeCells(shape, paths, first), split];
    },
    readLines: (lines, onRows) => readRows(text(), layout, onRows, lines),
  };
}

/** What files of one shape have in common. */
interface Shape {
  readonly header: HeaderMatch;
  /** The cells of the header. */
  readonly names: readonly string[];
  readonly delimiter: Delimiter;
  /** Physical lines up to the header. */
  readonly headerLines: number;
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
function nativeCells(shape: Shape, paths: readonly string[], first: number): string {
  const { header, delimiter, absent } = shape;
  const named = namedCells(shape.names);
  const names = Array.from({ length: header.width + 1 }, (_, at) => `'f${at}': 'varchar'`);
  const source = readCsv(shape, paths, {
    columns: `{${names.join(', ')}}`,
    delim: quoteLiteral(delimiter),
    null_padding: 'true',
    nullstr: quoteLiteral(absent),
  });
  return (
    `select (file_index + ${first})::integer as file, ${cellList(cellPositions(header), (at) => `f${at}`)}, ` +
    `f${named - 1} is not null and coalesce(f${header.width}, '') = '' and ${notHeader(shape, (at) => `f${at}`)} as complete from ${source}`
  );
}

/** Reads whole lines and splits them in the query, which handles any number of extra cells. */
function splitCells(shape: Shape, paths: readonly string[], first: number): string {
  const { header, delimiter, absent } = shape;
  const source = readCsv(shape, paths, { columns: "{'line': 'varchar'}", delim: quoteLiteral(absent) });
  const extra = `cells[${header.width + 1}:]`;
  const complete =
    `len(cells) >= ${namedCells(shape.names)} and len(list_filter(${extra}, x -> x <> '')) = 0 ` +
    `and ${notHeader(shape, (at) => `cells[${at + 1}]`)}`;
  return (
    `select file, ${cellList(cellPositions(header), (at) => `cells[${at + 1}]`)}, ${complete} as complete ` +
    `from (select (file_index + ${first})::integer as file, string_split(line, ${quoteLiteral(delimiter)}) as cells from ${source})`
  );
}

/**
 * False for every row that may be the header again, in any order: a cell that must have a value has the name of a column. The
 * reader of rows decides about it.
 */
function notHeader({ header, names }: Shape, cell: (at: number) => string): string {
  const { contract, positions } = header;
  const required = contract.columns.findIndex((column, at) => column.required && positions[at] !== null);
  const position = positions[required] ?? 0;
  // Files that were put together may have a byte order mark before each header.
  const texts = names.flatMap((name) => (position === 0 ? [name, `\ufeff${name}`] : [name]));
  return `${cell(position)} not in (${[...new Set(texts)].map(quoteLiteral).join(', ')})`;
}

/** A column that the file lacks is an empty cell in every row. */
function cellList(positions: readonly (number | null)[], cell: (at: number) => string): string {
  return positions.map((position, at) => `${position === null ? "''" : cell(position)} as c${at}`).join(', ');
}

function readCsv(
  { packaging, headerLines }: Shape,
  paths: readonly string[],
  options: Readonly<Record<string, string>>,
): string {
  const all = {
    auto_detect: 'false',
    header: 'false',
    skip: `${headerLines}`,
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
