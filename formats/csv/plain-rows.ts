import { rm } from 'node:fs/promises';
import { cellPositions, type HeaderMatch } from '../../domain/header-match';
import type { PlainRows } from '../input-file';
import type { TextSource } from '../packaging/read-text';
import { CR, QUOTE } from './bytes';
import { cellParameters, cellQueries, type LineShape } from './cell-queries';
import { type LineNumbers, writeFlatText } from './flat-text';
import { type CsvLayout, readRows } from './read-rows';
import type { TextScan } from './scan-text';

/** Half of DuckDB's default for the maximum line size. */
const MAX_LINE_BYTES = 1_000_000;

interface CsvText {
  readonly source: TextSource;
  readonly scan: TextScan;
  readonly header: HeaderMatch;
  readonly layout: CsvLayout;
  /** The file's text from the first row on. */
  readonly text: () => AsyncIterable<Buffer>;
}

/** A local file, and its rows for DuckDB. */
export interface PlainText {
  readonly path: string;
  readonly plain: PlainRows;
}

/**
 * The rows of a file as lines in which every delimiter separates cells, so that DuckDB and {@link readRows} find the same cells:
 * the file itself if it is like that, or else a copy with its path plus a suffix. Undefined for a file that must be read row by row.
 */
export async function plainText(file: CsvText): Promise<PlainText | undefined> {
  const { source, scan, header, layout, text } = file;
  // A text of white space in the only column is no row, and DuckDB does not know which rows are the last ones.
  if (header.width === 1 || layout.read.footer !== undefined) return undefined;
  const absent = absentBytes(scan);
  const [nothing, delimiter, lineFeed, carriageReturn] = absent;
  if (nothing === undefined) return undefined;
  const shape: LineShape = {
    header,
    names: layout.header,
    delimiter: layout.dialect.delimiter,
    packaging: source.packaging,
    skipped: layout.firstLine - 1,
    absent: String.fromCharCode(nothing),
    numbered: false,
    replaced: '',
    filled: layout.read.shortRows === 'fill',
  };
  const isRegular = scan.regular && scan.longestLine <= MAX_LINE_BYTES && layout.read.comment === undefined;
  const lines = scan.lines - shape.skipped - scan.emptyEnd;
  if (isRegular && (!scan.has(QUOTE) || !layout.dialect.quotes))
    return { path: source.path, plain: plainRows(file, shape, lines) };
  if (delimiter === undefined || lineFeed === undefined || carriageReturn === undefined) return undefined;
  const path = `${source.path}.flat`;
  const write = (numbers: LineNumbers) =>
    writeFlatText(text(), layout, { delimiter, lineFeed, carriageReturn }, numbers, path);
  const flat = (isRegular ? await write('as in the file') : undefined) ?? (await write('written'));
  if (!flat) {
    await rm(path, { force: true });
    return undefined;
  }
  const numbered = flat.rows !== undefined;
  const replaced = flat.hasReplacements ? String.fromCharCode(delimiter, lineFeed, carriageReturn) : '';
  const flatShape: LineShape = { ...shape, packaging: 'none', skipped: 0, numbered, replaced };
  return { path, plain: plainRows(file, flatShape, flat.rows ?? lines) };
}

function plainRows({ header, layout, scan, text }: CsvText, shape: LineShape, rows: number): PlainRows {
  const { names, delimiter, packaging, skipped, absent, numbered, replaced, filled } = shape;
  const lineEnd = !numbered && scan.has(CR) ? 'CR LF' : 'LF';
  const parts = [
    names,
    cellPositions(header),
    delimiter,
    packaging,
    skipped,
    absent,
    numbered,
    replaced,
    filled,
  ];
  return {
    shape: JSON.stringify(['csv', header.contract.kind, lineEnd, ...parts]),
    rows,
    firstLine: layout.firstLine,
    isNumbered: numbered,
    cellQueries: (paths, first) => cellQueries(shape, paths, first),
    parameters: cellParameters(shape),
    readLines: (lines, onRows) => readRows(text(), layout, onRows, lines),
  };
}

/** Control characters, other than tab and line endings, that do not occur in the file. */
function absentBytes(scan: TextScan): number[] {
  return [1, 2, 3, 4, 5, 6, 7, 8].filter((byte) => !scan.has(byte));
}
