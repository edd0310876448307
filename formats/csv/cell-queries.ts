import { cellPositions, type HeaderMatch } from '../../domain/header-match';
import { quoteList, quoteLiteral } from '../../engine/duckdb/quote';
import type { Packaging } from '../packaging/packaging';
import type { Delimiter } from './dialect';
import { namedCells } from './read-rows';

/** Maximum columns for which DuckDB's reader splits lines into cells. */
const MAX_COLUMNS = 200;

/** What files have in common whose lines one query can split: every line is a row, and every delimiter separates cells. */
export interface LineShape {
  readonly header: HeaderMatch;
  /** The cells of the header. */
  readonly names: readonly string[];
  readonly delimiter: Delimiter;
  readonly packaging: Packaging;
  /** Physical lines above the first row. */
  readonly skipped: number;
  /** A character that does not occur in the files. */
  readonly absent: string;
  /** True if the first cell of each line is the number of the line in the original file. */
  readonly numbered: boolean;
  /** Characters that stand for a delimiter, a line feed and a carriage return within cells; empty if no cell has one. */
  readonly replaced: string;
  /** True if cells that a row lacks at its end are empty. */
  readonly filled: boolean;
}

/** Queries for `PlainRows.cellQueries`. */
export function cellQueries(shape: LineShape, paths: readonly string[], first: number): string[] {
  const split = splitCells(shape, paths, first);
  return shape.header.width > MAX_COLUMNS ? [split] : [nativeCells(shape, paths, first), split];
}

/**
 * Lets DuckDB's reader split lines, into one column more than the header has. A missing cell is null, unlike an empty one; a
 * line with two or more extra cells is an error.
 */
function nativeCells(shape: LineShape, paths: readonly string[], first: number): string {
  const { header, delimiter, absent, numbered } = shape;
  const before = numbered ? 1 : 0;
  const names = Array.from({ length: header.width + before + 1 }, (_, at) => `'f${at}': 'varchar'`);
  const source = readCsv(shape, paths, {
    columns: `{${names.join(', ')}}`,
    delim: quoteLiteral(delimiter),
    null_padding: 'true',
    nullstr: quoteLiteral(absent),
  });
  const cell = (at: number) => `f${at + before}`;
  const complete = `${cell(leastCells(shape) - 1)} is not null and coalesce(${cell(header.width)}, '') = ''`;
  return (
    `select (file_index + ${first})::integer as _file, ${lineOf(shape, 'f0')} as _line, ${cellList(shape, cell)}, ` +
    `${complete} and ${notHeader(shape, cell)} as _complete from ${source}`
  );
}

/** Reads whole lines and splits them in the query, which handles any number of extra cells. */
function splitCells(shape: LineShape, paths: readonly string[], first: number): string {
  const { header, delimiter, absent, numbered } = shape;
  const before = numbered ? 1 : 0;
  const source = readCsv(shape, paths, { columns: "{'text': 'varchar'}", delim: quoteLiteral(absent) });
  const cell = (at: number) => `cells[${at + before + 1}]`;
  const extra = `cells[${header.width + before + 1}:]`;
  const complete = `len(cells) >= ${leastCells(shape) + before} and len(list_filter(${extra}, x -> x <> '')) = 0`;
  return (
    `select _file, ${lineOf(shape, 'cells[1]')} as _line, ${cellList(shape, cell)}, ` +
    `${complete} and ${notHeader(shape, cell)} as _complete ` +
    `from (select (file_index + ${first})::integer as _file, string_split(text, ${quoteLiteral(delimiter)}) as cells from ${source})`
  );
}

/** The number of cells that a row must have. */
const leastCells = ({ names, filled }: LineShape): number => (filled ? 1 : namedCells(names));

const lineOf = ({ numbered }: LineShape, cell: string): string =>
  numbered ? `${cell}::bigint` : 'null::bigint';

/**
 * False for every row that may be the header again, in any order: the reader of rows decides about it. The name of a column is no
 * value of a type other than text, so such a row is not canonical anyway where another column must have a value.
 */
function notHeader(shape: LineShape, cell: (at: number) => string): string {
  const position = namePosition(shape);
  if (position === undefined) return 'true';
  const names = `from_json($header_names, '["VARCHAR"]')`;
  return `not list_contains(${names}, coalesce(${cell(position)}, ''))`;
}

/** The position of a required text; undefined if a required column of another type tells headers and rows apart. */
function namePosition({ header: { contract, positions } }: LineShape): number | undefined {
  const required = contract.columns.flatMap(({ type, required }, at) => {
    const position = positions[at];
    return required && typeof position === 'number' ? [{ position, isText: type === 'text' }] : [];
  });
  return required.some(({ isText }) => !isText) ? undefined : (required[0]?.position ?? 0);
}

/** What a query of {@link cellQueries} binds: what a file holds is never part of it. */
export function cellParameters(shape: LineShape): Readonly<Record<string, string>> {
  const position = namePosition(shape);
  if (position === undefined) return {};
  // Files that were put together may have a byte order mark before each header.
  const names = shape.names.flatMap((name) => (position === 0 ? [name, `\ufeff${name}`] : [name]));
  return { header_names: JSON.stringify(names) };
}

/** A column that the file lacks is an empty cell in every row. */
function cellList({ header, delimiter, replaced, filled }: LineShape, cell: (at: number) => string): string {
  const text = (position: number) => {
    const given = filled ? `coalesce(${cell(position)}, '')` : cell(position);
    return replaced === ''
      ? given
      : `translate(${given}, ${quoteLiteral(replaced)}, ${quoteLiteral(`${delimiter}\n\r`)})`;
  };
  return cellPositions(header)
    .map((position, at) => `${position === null ? "''" : text(position)} as _c${at}`)
    .join(', ');
}

function readCsv(
  { packaging, skipped }: LineShape,
  paths: readonly string[],
  options: Readonly<Record<string, string>>,
): string {
  const all = {
    auto_detect: 'false',
    header: 'false',
    skip: `${skipped}`,
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
