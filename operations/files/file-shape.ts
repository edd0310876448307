import { constants, createGunzip } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { catalog } from '../../catalog/catalog';
import { fileFormat } from '../../domain/file-rules';
import type { HeaderMatch } from '../../domain/header-match';
import type { LedgerItem } from '../../domain/ledger';
import { readHeader } from '../../formats/csv/read-header';
import { CSV_OPTIONS, type Delimiter } from '../../formats/csv/read-rows';
import { s3Bucket } from '../../storage/s3-bucket';
import type { Deployment } from '../deployment';

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
  { s3, bucket }: Deployment,
  { key, destination }: Pick<LedgerItem, 'key' | 'destination'>,
): Promise<FileShape | undefined> {
  const format = fileFormat(key);
  if (destination === undefined || 'fault' in format) return undefined;
  const head = await s3Bucket(s3, bucket)
    .getRange(destination, 0, HEAD_BYTES)
    .catch((error: unknown) => {
      // S3 returns InvalidRange for an empty object.
      if (error instanceof Error && error.name === 'InvalidRange') return undefined;
      throw error;
    });
  if (!head) return undefined;
  const text = withoutBom(format.gzip ? await decompressed(head) : Buffer.from(head));
  const found = readHeader(key, text, catalog.contracts);
  if (!('match' in found)) return undefined;
  const [header = []] = parse(text, { ...CSV_OPTIONS, delimiter: found.delimiter, to: 1 }) as string[][];
  return { header, match: found.match, delimiter: found.delimiter };
}

const withoutBom = (text: Buffer): Buffer =>
  text.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])) ? text.subarray(3) : text;

/** Decompresses the first part of a gzip stream, up to about HEAD_BYTES. */
async function decompressed(head: Uint8Array): Promise<Buffer> {
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

/** Formats a row as CSV with this delimiter, without a line ending. */
export function formatRow(cells: readonly string[], delimiter: Delimiter): string {
  return cells
    .map((cell) =>
      cell.includes(delimiter) || /["\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell,
    )
    .join(delimiter);
}
