import { parse } from 'csv-parse/sync';
import { catalog } from '../../catalog/catalog';
import { fileFormat } from '../../domain/file-rules';
import type { HeaderMatch } from '../../domain/header-match';
import type { LedgerItem } from '../../domain/ledger';
import { readHeader } from '../../formats/csv/read-header';
import { CSV_OPTIONS, type Delimiter } from '../../formats/csv/read-rows';
import { UnpackError } from '../../formats/packaging/unpack-error';
import { codeOf } from '../../storage/s3-errors';
import type { Deployment } from '../deployment';
import { objectText } from './object-text';

/** Bytes read from the start of a file to find its header. */
const HEAD_BYTES = 256 * 1024;

/** The header and delimiter of a file. */
export interface FileShape {
  /** The cells of the header, unchanged. */
  readonly header: readonly string[];
  readonly match: HeaderMatch;
  readonly delimiter: Delimiter;
}

/** The shape of an archived or rejected file; undefined if it no longer exists, or its kind is unknown. */
export async function readShape(
  deployment: Deployment,
  { key, destination }: Pick<LedgerItem, 'key' | 'destination'>,
): Promise<FileShape | undefined> {
  const format = fileFormat(key);
  if (destination === undefined || 'fault' in format) return undefined;
  const head = await headOf(objectText(deployment, destination)).catch((error: unknown) => {
    if (error instanceof UnpackError || codeOf(error) === 'NoSuchKey') return undefined;
    throw error;
  });
  if (!head) return undefined;
  const text = withoutBom(head);
  const found = readHeader(key, text, catalog.contracts);
  if (!('match' in found)) return undefined;
  const [header = []] = parse(text, { ...CSV_OPTIONS, delimiter: found.delimiter, to: 1 }) as string[][];
  return { header, match: found.match, delimiter: found.delimiter };
}

const withoutBom = (text: Buffer): Buffer =>
  text.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])) ? text.subarray(3) : text;

/** The first part of a text, of at least HEAD_BYTES if it has as many. */
async function headOf(text: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of text) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= HEAD_BYTES) break;
  }
  return Buffer.concat(chunks);
}

/** Formats a row as CSV with this delimiter, without a line ending. */
export function formatRow(cells: readonly string[], delimiter: Delimiter): string {
  return cells
    .map((cell) =>
      cell.includes(delimiter) || /["\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell,
    )
    .join(delimiter);
}
