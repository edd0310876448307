import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { columnList } from '../../engine/duckdb/sql';
import { writeParts } from '../../lake/data-file-writer';
import { downloadFiles, readFiles, uploadFiles } from '../../lake/data-files';
import { type Lake, newId } from '../../lake/lake';
import { putEntry } from '../../lake/log-entry';
import { readSnapshot } from '../../lake/snapshot';
import { numRecords } from '../../lake/stats';
import { fileColumns, type TableSpec } from '../../lake/table-spec';

/**
 * Another writer, who puts every row of a table into a file of its own.
 * @param dataChange what its commit says of that: the truth is false, as of an OPTIMIZE
 */
export async function scatter(lake: Lake, spec: TableSpec, dataChange = true): Promise<void> {
  const snapshot = await readSnapshot(lake, spec.location);
  if (!snapshot || snapshot.files.size === 0) return;
  const directory = path.join(lake.workDirectory, `scatter-${newId(lake)}`);
  mkdirSync(path.join(directory, 'new'), { recursive: true });
  const deletionTimestamp = lake.clock().getTime();
  const actions = [];
  for (const [file, add] of snapshot.files) {
    const { partitionValues } = add;
    const local = await downloadFiles(lake, spec.location, [{ path: file, partitionValues }], directory);
    const rows = `(select ${columnList(fileColumns(spec).map(({ name }) => name))} from ${readFiles(spec, local)})`;
    const count = numRecords(add.stats) ?? 1;
    const written = await writeParts(lake, spec, partitionValues, rows, count, directory);
    await uploadFiles(lake, spec.location, written);
    actions.push({ remove: { path: add.path, deletionTimestamp, dataChange, partitionValues } });
    actions.push(...written.map((part) => ({ add: { ...part.add, dataChange } })));
  }
  await putEntry(lake, spec.location, snapshot.version + 1, { txnId: newId(lake) }, actions);
}
