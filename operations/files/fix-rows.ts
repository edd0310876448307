import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import type { LedgerItem } from '../../domain/ledger';
import { plural } from '../../domain/plural';
import { RowCheck } from '../../domain/row-rules';
import { fixedKey } from '../../domain/upload-keys';
import { decoded, encodingOf, MARK_BYTES } from '../../formats/csv/encoding';
import { headOf, textFrom } from '../../formats/csv/read-head';
import { readRows } from '../../formats/csv/read-rows';
import type { Deployment } from '../deployment';
import { DeploymentError } from '../errors';
import { type FileShape, fileEnd, fileStart, formatRow, readShape } from './file-shape';
import { objectText } from './object-text';
import { uploadStream } from './upload';

export interface FixedRow {
  /** The physical line of the file in which the row starts. */
  readonly line: number;
  /** In the order of the header. */
  readonly cells: readonly string[];
}

export interface FixedUpload {
  readonly key: string;
  /** Rows in it. */
  readonly rows: number;
}

/**
 * Uploads fixed rows as a new file next to the original. For an archived file it contains only these rows, as the others are
 * already loaded; for a rejected file it contains all rows, with the fixed ones replacing those on the same lines.
 * @throws DeploymentError if a row is still bad, or the file no longer exists; then nothing is uploaded
 */
export async function uploadFixedRows(
  deployment: Deployment,
  upload: LedgerItem,
  rows: readonly FixedRow[],
  at: Date,
): Promise<FixedUpload> {
  const shape = await readShape(deployment, upload);
  if (!shape) throw new DeploymentError(`${upload.key}: the file, whose header is needed, no longer exists`);
  const rules = new RowCheck(shape.match);
  for (const { line, cells } of rows) {
    const checked = rules.check(cells, line);
    if (checked.ok) continue;
    const [{ column = '', reason = '' } = {}] = checked.faults;
    throw new DeploymentError(
      `line ${line} is still invalid: ${column === '' ? '' : `${column}: `}${reason}`,
    );
  }
  const key = fixedKey(upload.key, at);
  const fixed = new Map(rows.map(({ line, cells }) => [line, formatRow(cells, shape.layout.dialect)]));
  const file =
    upload.outcome === 'rejected'
      ? await wholeFile(deployment, upload, shape, fixed)
      : { lines: fixedRowsOnly(shape, fixed), rows: () => fixed.size };
  await uploadStream(deployment, { key, body: file.lines, replace: false });
  return { key, rows: file.rows() };
}

interface FixedFile {
  readonly lines: AsyncIterable<Buffer>;
  /** Valid once all lines have been read. */
  rows(): number;
}

async function* fixedRowsOnly({ layout }: FileShape, fixed: ReadonlyMap<number, string>) {
  yield Buffer.from(
    `${fileStart(layout.header, layout)}${[...fixed.values()].join('\n')}\n${fileEnd(layout)}`,
  );
}

async function wholeFile(
  deployment: Deployment,
  { key, destination }: LedgerItem,
  { layout }: FileShape,
  fixed: ReadonlyMap<number, string>,
): Promise<FixedFile> {
  const open = () => objectText(deployment, destination ?? key);
  const encoding = encodingOf((await headOf(open(), MARK_BYTES)).bytes, layout.read);
  const lines = new PassThrough();
  // The reader of the lines gets the error; without a listener it would end the process before there is a reader.
  lines.on('error', () => {});
  let rows = 0;
  const write = async () => {
    let replaced = 0;
    lines.write(fileStart(layout.header, layout));
    const fault = await readRows(
      textFrom(layout.rowsStart, decoded(open, encoding, layout.read)),
      layout,
      async (batch) => {
        for (const { line, raw } of batch) {
          const row = fixed.get(line);
          rows += 1;
          if (row !== undefined) replaced += 1;
          lines.write(`${row ?? raw.toString()}\n`);
        }
        if (lines.writableNeedDrain) await once(lines, 'drain');
      },
    );
    if (fault) throw new DeploymentError(`${key}: ${fault.reason}`);
    if (replaced < fixed.size) {
      throw new DeploymentError(`${plural(fixed.size - replaced, 'fixed row')} not found in ${key}`);
    }
    lines.end(fileEnd(layout));
  };
  write().catch((error: Error) => lines.destroy(error));
  return { lines, rows: () => rows };
}
