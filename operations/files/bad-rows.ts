import { pipeline, type Readable } from 'node:stream';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { CsvError, type Info, Parser } from 'csv-parse';
import { catalog } from '../../catalog/catalog';
import { pseudonymizes } from '../../domain/contract';
import { withApostrophes, withoutApostrophes } from '../../domain/csv-cell';
import { fileFormat } from '../../domain/file-rules';
import type { LedgerItem } from '../../domain/ledger';
import { findRecord } from '../../formats/csv/records';
import { splitCells } from '../../formats/csv/split-cells';
import type { Deployment } from '../deployment';
import { DeploymentError } from '../errors';
import { type FileShape, fileEnd, fileStart, formatRow, readShape } from './file-shape';

/** A row of a `.rows.csv`. */
export interface BadRow {
  /** The physical line of the file in which the row starts; the header is line 1. */
  readonly line: number;
  /** The columns with errors; empty if the error is in the row as a whole. */
  readonly columns: readonly string[];
  readonly reason: string;
  /** The unchanged text from the file, formulas included. */
  readonly text: string;
  /** Byte offset of the next row in the `.rows.csv`. */
  readonly end: number;
}

/** Size limit of a page; the row that exceeds it is still included. */
const PAGE_CHARACTERS = 1_000_000;

/** A page of bad rows in file order, and the offset of the next page; undefined after the last. */
export async function readBadRows(
  deployment: Deployment,
  upload: LedgerItem,
  from: number,
  limit: number,
): Promise<{ readonly rows: readonly BadRow[]; readonly next: number | undefined }> {
  const rows: BadRow[] = [];
  let characters = 0;
  let next: number | undefined;
  for await (const row of badRows(deployment, upload, from)) {
    if (rows.length >= limit || characters > PAGE_CHARACTERS) {
      next = rows.at(-1)?.end;
      break;
    }
    rows.push(row);
    characters += row.text.length;
  }
  return { rows, next };
}

/**
 * Streams the bad rows of a file, starting at an offset.
 * @param from 0, or the `end` of a row
 * @throws DeploymentError if the file has no bad rows, or their list no longer exists
 */
export async function* badRows(
  deployment: Deployment,
  upload: LedgerItem,
  from = 0,
): AsyncGenerator<BadRow, void> {
  const body = await openBadRows(deployment, upload, from);
  if (!body) return;
  const parser = new Parser({ info: true, relax_column_count: true });
  pipeline(body, parser, () => {});
  let isHeader = from === 0;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: Info }>) {
      if (isHeader) {
        isHeader = false;
        continue;
      }
      const [line = '', columns = '', reason = '', row = ''] = record;
      yield {
        line: Number(line),
        columns: withoutApostrophes(columns).split('; ').filter(Boolean),
        reason: withoutApostrophes(reason),
        text: withoutApostrophes(row),
        end: from + info.bytes,
      };
    }
  } catch (error) {
    // No row begins at the requested offset.
    if (error instanceof CsvError)
      throw new DeploymentError(`the list of bad rows cannot be read: ${error.message}`);
    throw error;
  }
}

/** The unchanged bytes of the `.rows.csv`; undefined past its end. @throws DeploymentError like `badRows` */
export async function openBadRows(
  { s3, bucket }: Deployment,
  { key, rejected_rows_key }: LedgerItem,
  from = 0,
): Promise<Readable | undefined> {
  if (rejected_rows_key === undefined) throw new DeploymentError(`${key}: this upload has no bad rows`);
  try {
    const Range = from > 0 ? `bytes=${from}-` : undefined;
    const { Body } = await s3.send(
      new GetObjectCommand({ Bucket: bucket, Key: rejected_rows_key, ...(Range && { Range }) }),
    );
    return Body as Readable;
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    if (name === 'InvalidRange') return undefined;
    if (name === 'NoSuchKey') throw new DeploymentError(`${rejected_rows_key} no longer exists`);
    throw error;
  }
}

/** The cells of a row. `isGuess`: a misplaced quote makes the row ambiguous. */
export function cellsOf(
  text: string,
  { layout: { dialect } }: FileShape,
): { readonly cells: readonly string[]; readonly isGuess: boolean } {
  const { strayQuote, openAt, hasQuotes } = findRecord(Buffer.from(text), 0, dialect);
  if (openAt !== undefined) return { cells: text.split(dialect.delimiter), isGuess: true };
  return { cells: splitCells(text, dialect, hasQuotes), isGuess: strayQuote };
}

/** A number is not a formula. */
const NUMBER = /^[+-][0-9.,]+$/;

/**
 * A CSV file with only the bad rows, under the header of the original file, to be fixed and uploaded. Cells that a spreadsheet
 * could interpret as a formula get a leading apostrophe. A row with misplaced quotes is written unchanged, as its cells are
 * not known. The rows of files of other formats are JSON objects, one per line.
 * @throws DeploymentError if the file, or the list of its bad rows, no longer exists, or the list has no texts of rows
 */
export async function rowsToFix(
  deployment: Deployment,
  upload: LedgerItem,
): Promise<AsyncGenerator<Buffer, void>> {
  if (hasNoTexts(upload)) {
    throw new DeploymentError(
      `${upload.key}: its rows are not listed with their text, as a contract pseudonymizes: fix them in the original file`,
    );
  }
  const format = fileFormat(upload.key);
  if ('format' in format && format.format !== 'csv') return objectsToFix(badRows(deployment, upload));
  const shape = await readShape(deployment, upload);
  if (!shape) throw new DeploymentError(`${upload.key}: the file, whose header is needed, no longer exists`);
  return linesToFix(badRows(deployment, upload), shape);
}

/** The rejected rows of these files are listed without text. */
function hasNoTexts({ kind }: LedgerItem): boolean {
  const source = catalog.sources.find(({ name }) => name === kind);
  const kinds = source ? Object.keys(source.maps) : [kind];
  return catalog.contracts.some((contract) => kinds.includes(contract.kind) && pseudonymizes(contract));
}

async function* linesToFix(rows: AsyncIterable<BadRow>, shape: FileShape): AsyncGenerator<Buffer, void> {
  const { header, dialect } = shape.layout;
  yield Buffer.from(fileStart(header.map(harmless), shape.layout));
  for await (const { text } of rows) {
    const { cells, isGuess } = cellsOf(text, shape);
    const row = isGuess ? withApostrophes(text) : formatRow(cells.map(harmless), dialect);
    yield Buffer.from(`${row}\n`);
  }
  yield Buffer.from(fileEnd(shape.layout));
}

/** A line end is never part of a string in JSON. */
async function* objectsToFix(rows: AsyncIterable<BadRow>): AsyncGenerator<Buffer, void> {
  for await (const { text } of rows) yield Buffer.from(`${text.replace(/[\r\n]+/g, ' ')}\n`);
}

const harmless = (cell: string): string => (NUMBER.test(cell) ? cell : withApostrophes(cell));
