import { constants, createGunzip } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { catalog } from '../../catalog/catalog';
import { fileFormat, type HeaderMatch } from '../../domain/file-rules';
import type { LedgerItem } from '../../domain/ledger';
import { readHeader } from '../../formats/csv/read-header';
import { CSV_OPTIONS, type Delimiter } from '../../formats/csv/read-rows';
import { s3Bucket } from '../../storage/s3-bucket';
import type { Deployment } from '../deployment';

/** Of a file's beginning that is looked at for its header. */
const HEAD_BYTES = 256 * 1024;

/** How the rows of a file are written. */
export interface FileShape {
  /** The header's cells, as they stand there. */
  readonly header: readonly string[];
  readonly match: HeaderMatch;
  readonly delimiter: Delimiter;
}

/** Of a file that is archived or rejected; undefined where it is no longer there, or its header tells no kind. */
export async function readShape(
  { s3, bucket }: Deployment,
  { key, destination }: Pick<LedgerItem, 'key' | 'destination'>,
): Promise<FileShape | undefined> {
  const format = fileFormat(key);
  if (destination === undefined || 'fault' in format) return undefined;
  const head = await s3Bucket(s3, bucket)
    .getRange(destination, 0, HEAD_BYTES)
    .catch((error: unknown) => {
      // An empty object has no ranges.
      if (error instanceof Error && error.name === 'InvalidRange') return undefined;
      throw error;
    });
  if (!head) return undefined;
  const text = withoutMark(format.gzip ? await unpacked(head) : Buffer.from(head));
  const found = readHeader(key, text, catalog.contracts);
  if (!('match' in found)) return undefined;
  const [header = []] = parse(text, { ...CSV_OPTIONS, delimiter: found.delimiter, to: 1 }) as string[][];
  return { header, match: found.match, delimiter: found.delimiter };
}

const withoutMark = (text: Buffer): Buffer =>
  text.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])) ? text.subarray(3) : text;

/** As much as the beginning of a gzip stream unpacks to, within reason. */
async function unpacked(head: Uint8Array): Promise<Buffer> {
  const gunzip = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH });
  gunzip.end(head);
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of gunzip as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= HEAD_BYTES) break;
  }
  return Buffer.concat(chunks);
}

/** A row as a file of this delimiter has it, without a line end. */
export function formatRow(cells: readonly string[], delimiter: Delimiter): string {
  return cells
    .map((cell) =>
      cell.includes(delimiter) || /["\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell,
    )
    .join(delimiter);
}
