import { once } from 'node:events';
import { PassThrough, pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { fileFormat } from '../../domain/file-rules';
import type { LedgerItem } from '../../domain/ledger';
import { plural } from '../../domain/plural';
import { rowCheck } from '../../domain/row-rules';
import { mendedKey } from '../../domain/upload-keys';
import { readRows } from '../../formats/csv/read-rows';
import type { Deployment } from '../deployment';
import { DeploymentError } from '../errors';
import { type FileShape, formatRow, readShape } from './file-shape';
import { uploadStream } from './upload';

export interface MendedRow {
  /** Of the file, where the row starts. */
  readonly line: number;
  /** In the order of the file's header. */
  readonly cells: readonly string[];
}

export interface MendedUpload {
  readonly key: string;
  /** Rows in it. */
  readonly rows: number;
}

/**
 * Drops mended rows in as a file next to the one they were in. Of a file that is archived these rows alone, as its others are
 * in; of one that was rejected all its rows, the mended ones in place of those in their lines.
 * @throws DeploymentError where a row is still bad, or the file is no longer there; nothing is uploaded then
 */
export async function uploadMended(
  deployment: Deployment,
  upload: LedgerItem,
  rows: readonly MendedRow[],
  at: Date,
): Promise<MendedUpload> {
  const shape = await readShape(deployment, upload);
  if (!shape) throw new DeploymentError(`${upload.key}: the file whose header is needed is no longer there`);
  const check = rowCheck(shape.match);
  for (const { line, cells } of rows) {
    const checked = check(cells);
    if (checked.ok) continue;
    const [{ column = '', reason = '' } = {}] = checked.faults;
    throw new DeploymentError(`line ${line} is not mended: ${column === '' ? '' : `${column}: `}${reason}`);
  }
  const key = mendedKey(upload.key, at);
  const mended = new Map(rows.map(({ line, cells }) => [line, formatRow(cells, shape.delimiter)]));
  const file =
    upload.outcome === 'rejected'
      ? await wholeFile(deployment, upload, shape, mended)
      : { lines: rowsAlone(shape, mended), rows: () => mended.size };
  await uploadStream(deployment, { key, body: file.lines, replace: false });
  return { key, rows: file.rows() };
}

interface MendedFile {
  readonly lines: AsyncIterable<Buffer>;
  /** Once the lines were read. */
  rows(): number;
}

async function* rowsAlone({ header, delimiter }: FileShape, mended: ReadonlyMap<number, string>) {
  yield Buffer.from(`${[formatRow(header, delimiter), ...mended.values()].join('\n')}\n`);
}

async function wholeFile(
  { s3, bucket }: Deployment,
  { key, destination }: LedgerItem,
  { header, delimiter }: FileShape,
  mended: ReadonlyMap<number, string>,
): Promise<MendedFile> {
  const format = fileFormat(key);
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: destination }));
  const isPacked = 'gzip' in format && format.gzip;
  const text = isPacked ? pipeline(Body as Readable, createGunzip(), () => {}) : (Body as Readable);
  const lines = new PassThrough();
  // Told to whoever reads the lines; without a listener it would end the process where nobody does yet.
  lines.on('error', () => {});
  let rows = 0;
  const write = async () => {
    let replaced = 0;
    lines.write(`${formatRow(header, delimiter)}\n`);
    const fault = await readRows(withoutMark(text as AsyncIterable<Buffer>), delimiter, async (batch) => {
      for (const { line, raw } of batch) {
        const row = mended.get(line);
        rows += 1;
        if (row !== undefined) replaced += 1;
        // The row's bytes are the reader's again after the batch.
        lines.write(row === undefined ? Buffer.concat([raw, LINE_END]) : `${row}\n`);
      }
      if (lines.writableNeedDrain) await once(lines, 'drain');
    });
    if (fault) throw new DeploymentError(`${key}: ${fault.reason}`);
    if (replaced < mended.size) {
      throw new DeploymentError(`${plural(mended.size - replaced, 'mended row')} not found in ${key}`);
    }
    lines.end();
  };
  write().catch((error: Error) => lines.destroy(error));
  return { lines, rows: () => rows };
}

const LINE_END = Buffer.from('\n');

async function* withoutMark(text: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let isFirst = true;
  for await (const chunk of text) {
    const hasMark = isFirst && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf;
    yield hasMark ? chunk.subarray(3) : chunk;
    isFirst = false;
  }
}
