import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { columnList } from '../../engine/duckdb/sql';
import type { AddFile } from '../actions';
import { checkWritable } from '../check';
import type { FileCommit } from '../commit';
import { partsFor, writeParts } from '../data-file-writer';
import { dataFilesOf, deleteFiles, downloadFiles, readTable, uploadFiles } from '../data-files';
import { LakeError, MissingDataFileError } from '../errors';
import { type Lake, newId, temporaryName } from '../lake';
import { betterPartition } from '../layout';
import { conditionOf, countByPartition } from '../merge/partitions';
import { partitionOf, uriToPath } from '../partition-path';
import type { Snapshot } from '../replay';
import { TARGET_FILE_BYTES } from '../size-tiering';
import { numRecords } from '../stats';
import { columnNames, fileColumns, type TableSpec } from '../table-spec';
import { updateTable } from '../update';

export interface RelayoutOutcome {
  /** The partition columns that the table has now. */
  readonly partitionColumns: readonly string[];
  readonly removed: number;
  readonly added: number;
  /** Bytes of the new files. */
  readonly bytes: number;
}

/**
 * Gives a table the partitions that suit its size (lake/layout), if it has others: all of its files are written again, in one commit
 * which says that the rows stay the same (`dataChange` false). If another writer commits meanwhile, nothing is changed, and the next
 * run tries again. A retry is safe; killed at any point, it leaves the table as it was, and at most files that nothing refers to.
 *
 * @param snapshot the table's newest version
 * @returns undefined if nothing was changed
 * @throws UnsupportedTableError, TableMismatchError; what the bucket throws: then the outcome of the commit may be unknown
 */
export async function relayout(
  lake: Lake,
  given: TableSpec,
  snapshot: Snapshot,
  targetBytes: number = TARGET_FILE_BYTES,
): Promise<RelayoutOutcome | undefined> {
  const partitionColumns = betterPartition(given, snapshot);
  if (!partitionColumns) return undefined;
  checkWritable(given, snapshot);
  const spec: TableSpec = { ...given, partitionColumns };
  const directory = path.join(lake.workDirectory, `relayout-${newId(lake)}`);
  try {
    await mkdir(path.join(directory, 'new'), { recursive: true });
    const adds = await writeAll(lake, given, spec, snapshot, targetBytes, directory);
    const committed = await commit(lake, given, snapshot, { adds, partitionColumns });
    if (!committed) {
      lake.logger?.info(
        `table ${spec.location}: another writer committed first; its partitions stay as they are`,
      );
      await discard(lake, spec, adds);
      return undefined;
    }
    const bytes = adds.reduce((sum, { size }) => sum + size, 0);
    return { partitionColumns, removed: snapshot.files.size, added: adds.length, bytes };
  } catch (error) {
    if (!(error instanceof MissingDataFileError)) throw error;
    lake.logger?.warn(`${error.message}; its partitions stay as they are`);
    return undefined;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** The rows of the snapshot, deleted ones too, in new files, uploaded. */
async function writeAll(
  lake: Lake,
  { deletedColumn: _, ...given }: TableSpec,
  spec: TableSpec,
  snapshot: Snapshot,
  targetBytes: number,
  directory: string,
): Promise<AddFile[]> {
  const live = dataFilesOf(snapshot);
  const local = await downloadFiles(lake, spec.location, live, path.join(directory, 'files'));
  const whole = temporaryName(lake, 'whole');
  const all = columnList(columnNames(spec));
  await lake.db.run(
    `create temp table ${whole} as select ${all} from ${await readTable(lake, given, local)}`,
  );
  const adds: AddFile[] = [];
  try {
    const partitions = await countByPartition(lake, spec, whole);
    const total = partitions.reduce((sum, { rows }) => sum + rows, 0);
    const expected = live.reduce(
      (sum, { path }) => sum + (numRecords(snapshot.files.get(path)?.stats) ?? 0),
      0,
    );
    const rowBytes = live.reduce((sum, { size }) => sum + size, 0) / Math.max(1, total);
    const columns = columnList(columnNames({ columns: fileColumns(spec) }));
    for (const { values, rows } of partitions) {
      const ofPartition = `(select ${columns} from ${whole} where ${conditionOf(spec, values)})`;
      const parts = partsFor(rows * rowBytes, targetBytes);
      const written = await writeParts(lake, spec, partitionOf(spec, values), ofPartition, parts, directory);
      await uploadFiles(lake, spec.location, written);
      adds.push(...written.map(({ add }) => add));
    }
    // The old files will be deleted.
    const after = adds.reduce((sum, { stats }) => sum + (numRecords(stats) ?? 0), 0);
    if (total !== expected || after !== expected)
      throw new LakeError(spec.location, `new partitions would have ${after} rows of ${expected}`);
    return adds;
  } catch (error) {
    await discard(lake, spec, adds);
    throw error;
  } finally {
    await lake.db.run(`drop table ${whole}`);
  }
}

async function commit(
  lake: Lake,
  spec: TableSpec,
  snapshot: Snapshot,
  { adds, partitionColumns }: Required<Pick<FileCommit, 'adds' | 'partitionColumns'>>,
): Promise<boolean> {
  // It belongs to no execution.
  const { userMetadata: _, ...ownLake } = lake;
  const stage = async () => ({
    adds,
    removes: [...snapshot.files.keys()],
    txns: [],
    dataChange: false,
    partitionColumns,
    operation: {
      operation: 'OPTIMIZE',
      operationParameters: { partitionBy: JSON.stringify(partitionColumns) },
      isolationLevel: 'Serializable' as const,
      operationMetrics: {
        numRemovedFiles: String(snapshot.files.size),
        numAddedFiles: String(adds.length),
      },
    },
  });
  const { outcome } = await updateTable(ownLake, spec, stage, { since: snapshot, attempts: 1 });
  return outcome === 'committed';
}

const discard = (lake: Lake, spec: TableSpec, adds: readonly AddFile[]): Promise<void> =>
  deleteFiles(
    lake,
    spec.location,
    adds.map((add) => uriToPath(add.path)),
  );
