import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { columnList } from '../../engine/duckdb/sql';
import type { AddFile } from '../actions';
import { checkWritable, isAsRead } from '../check';
import type { Operation } from '../commit-info';
import { partsFor, type WrittenFile, writeParts } from '../data-file-writer';
import { deleteFiles, downloadFiles, readFiles, uploadFiles } from '../data-files';
import { LakeError, MissingDataFileError } from '../errors';
import { type Lake, newId } from '../lake';
import { asStored } from '../layout';
import { uriToPath } from '../partition-path';
import type { Snapshot } from '../replay';
import { TARGET_FILE_BYTES } from '../size-tiering';
import { readSnapshot } from '../snapshot';
import { numRecords } from '../stats';
import { columnNames, fileColumns, type TableSpec } from '../table-spec';
import { updateTable } from '../update';
import { planCompaction, type Unit } from './compaction-plan';

export interface CompactionOutcome {
  /** Live files that were replaced, and the files that hold their rows now. */
  readonly removed: number;
  readonly added: number;
  /** Bytes of the new files. */
  readonly bytes: number;
  /** Groups of files that stay as they were, because another writer changed one of them. */
  readonly givenUp: number;
}

/**
 * Rewrites small files of each partition into files of about the target size, sorted by key. The rows stay the same, and
 * the commit says so (`dataChange` false). If a merge that changed one of the files commits first, its group is left for
 * the next run. Nothing is committed if nothing is worth rewriting. A retry is safe; killed at any point, it leaves the
 * table complete, and at most files that nothing refers to.
 *
 * @param snapshot the table's newest version
 * @throws UnsupportedTableError, TableMismatchError; what the bucket throws: then the outcome of a commit may be unknown
 */
export async function compact(
  lake: Lake,
  given: TableSpec,
  snapshot: Snapshot,
  wantedBytes: number = TARGET_FILE_BYTES,
): Promise<CompactionOutcome> {
  const spec = asStored(given, snapshot);
  const targetBytes = Math.min(wantedBytes, spec.maxFileBytes ?? wantedBytes);
  checkWritable(spec, snapshot);
  const outcome = { removed: 0, added: 0, bytes: 0, givenUp: 0 };
  let latest = snapshot;
  for (const round of planCompaction(spec, snapshot.files, targetBytes)) {
    const rewritten: Rewritten[] = [];
    for (const unit of round) {
      const files = isLive(unit, latest) ? await rewrite(lake, spec, unit, targetBytes) : undefined;
      if (files) rewritten.push({ unit, files });
    }
    const committed = await commitRound(lake, spec, rewritten);
    latest = (await readSnapshot(lake, spec.location)) ?? latest;
    outcome.givenUp += round.length - committed.length;
    for (const { unit, files } of committed) {
      outcome.removed += unit.files.length;
      outcome.added += files.length;
      outcome.bytes += sizeOf(files);
    }
  }
  return outcome;
}

interface Rewritten {
  readonly unit: Unit;
  readonly files: readonly AddFile[];
}

/** Whether its files are live as they were read: their rows may have got another origin. */
const isLive = ({ files }: Unit, snapshot: Snapshot | undefined): boolean =>
  files.every((file) => isAsRead(file, snapshot));

const sizeOf = (files: readonly AddFile[]): number => files.reduce((sum, { size }) => sum + size, 0);

/** The unit's rows in new files, uploaded; undefined if a file of it does not exist any more. */
async function rewrite(
  lake: Lake,
  spec: TableSpec,
  unit: Unit,
  targetBytes: number,
): Promise<AddFile[] | undefined> {
  const directory = path.join(lake.workDirectory, `compaction-${newId(lake)}`);
  try {
    await mkdir(path.join(directory, 'new'), { recursive: true });
    const local = await downloadFiles(lake, spec.location, unit.files, path.join(directory, 'files'));
    const columns = columnList(columnNames({ columns: fileColumns(spec) }));
    const rows = `(select ${columns} from ${readFiles(spec, local)})`;
    const parts = partsFor(unit.bytes, targetBytes);
    const written = await writeParts(lake, spec, unit.values, rows, parts, directory);
    await checkRows(lake, spec, rows, written);
    await uploadFiles(lake, spec.location, written);
    return written.map(({ add }) => add);
  } catch (error) {
    if (!(error instanceof MissingDataFileError)) throw error;
    lake.logger?.warn(`${error.message}; the files of its partition stay as they are`);
    return undefined;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** The rewritten files will be deleted, so nothing is committed unless the new files have as many rows. */
async function checkRows(
  lake: Lake,
  spec: TableSpec,
  rows: string,
  written: readonly WrittenFile[],
): Promise<void> {
  const [found] = await lake.db.rows(`select count(*) as before from ${rows}`);
  const after = written.reduce((sum, { add }) => sum + (numRecords(add.stats) ?? 0), 0);
  if (Number(found?.before) !== after) {
    throw new LakeError(spec.location, `compaction made ${after} rows of ${found?.before}`);
  }
}

/** Commits the units that are still live in one entry; the new files of the others are deleted. */
async function commitRound(
  lake: Lake,
  spec: TableSpec,
  rewritten: readonly Rewritten[],
): Promise<readonly Rewritten[]> {
  let live = rewritten;
  const stage = async (snapshot: Snapshot | undefined) => {
    for (const one of live.filter(({ unit }) => !isLive(unit, snapshot))) await giveUp(lake, spec, one);
    live = live.filter(({ unit }) => isLive(unit, snapshot));
    if (live.length === 0) return undefined;
    return {
      adds: live.flatMap(({ files }) => files),
      removes: live.flatMap(({ unit }) => unit.files.map((file) => file.path)),
      txns: [],
      dataChange: false,
      operation: optimizeOperation(live),
    };
  };
  if (live.length === 0) return [];
  // A compaction belongs to no execution.
  const { userMetadata: _, ...ownLake } = lake;
  const { outcome } = await updateTable(ownLake, spec, stage);
  if (outcome === 'committed') return live;
  for (const one of live) await giveUp(lake, spec, one);
  return [];
}

async function giveUp(lake: Lake, spec: TableSpec, { unit, files }: Rewritten): Promise<void> {
  lake.logger?.info(`table ${spec.location}: another writer committed first; left for the next run`, {
    partition: unit.values,
    files: unit.files.length,
  });
  await deleteFiles(
    lake,
    spec.location,
    files.map((add) => uriToPath(add.path)),
  );
}

function optimizeOperation(rewritten: readonly Rewritten[]): Operation {
  const sum = (count: (one: Rewritten) => number) =>
    String(rewritten.reduce((total, one) => total + count(one), 0));
  return {
    operation: 'OPTIMIZE',
    operationParameters: { predicate: '[]', zOrderBy: '[]' },
    isolationLevel: 'SnapshotIsolation',
    operationMetrics: {
      numRemovedFiles: sum(({ unit }) => unit.files.length),
      numRemovedBytes: sum(({ unit }) => unit.bytes),
      numAddedFiles: sum(({ files }) => files.length),
      numAddedBytes: sum(({ files }) => sizeOf(files)),
    },
  };
}
