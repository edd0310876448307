import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { columnList } from '../../engine/duckdb/sql';
import type { Action, AddFile } from '../actions';
import { commit } from '../commit';
import { deleteFiles, downloadFiles, readFiles, uploadFiles } from '../data-files';
import { LakeError, MissingDataFileError } from '../errors';
import { type Lake, newId } from '../lake';
import { checkMergeable } from '../merge';
import { ENGINE } from '../merge-entry';
import { partsOf, type WrittenFile, writeParts } from '../merge-write';
import { uriToPath } from '../partition-path';
import { TARGET_FILE_BYTES } from '../size-tiering';
import { readSnapshot, type Snapshot } from '../snapshot';
import { fileColumns, type TableSpec } from '../table-spec';
import { planCompaction, type Unit } from './compaction-plan';

export interface CompactionOutcome {
  /** Live files before that are not after, and those that hold their rows now. */
  readonly removed: number;
  readonly added: number;
  /** Bytes of the new files. */
  readonly bytes: number;
  /** Groups of files left as they were, because another writer changed one of them meanwhile. */
  readonly givenUp: number;
}

/** Commits that may be lost to other writers before what was written is given up. */
const ATTEMPTS = 10;

/**
 * Rewrites small files of each partition into files of about the target size, sorted by key: the same rows, so that
 * their commit says of itself that it changes no data. A merge that commits first and touched one of the files wins; the
 * partition waits for the next time. Nothing is committed where nothing pays. Killed anywhere, it leaves the table whole,
 * and at most files that nothing refers to.
 *
 * @param snapshot of the table as it is
 * @throws UnsupportedTableError, TableMismatchError; what the bucket throws: a commit's outcome may then be unknown
 */
export async function compact(
  lake: Lake,
  spec: TableSpec,
  snapshot: Snapshot,
  targetBytes: number = TARGET_FILE_BYTES,
): Promise<CompactionOutcome> {
  checkMergeable(spec, snapshot);
  const outcome = { removed: 0, added: 0, bytes: 0, givenUp: 0 };
  let latest = snapshot;
  for (const round of planCompaction(spec, snapshot.files, targetBytes)) {
    const rewritten: Rewritten[] = [];
    for (const unit of round) {
      const files = isIntact(unit, latest) ? await rewrite(lake, spec, unit, targetBytes) : undefined;
      if (files) rewritten.push({ unit, files });
    }
    const committed = await commitRound(lake, spec, latest, rewritten);
    latest = committed.snapshot;
    outcome.givenUp += round.length - committed.units.length;
    for (const { unit, files } of committed.units) {
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

const isIntact = ({ files }: Unit, snapshot: Snapshot): boolean =>
  files.every(({ path: file }) => snapshot.files.has(file));

const sizeOf = (files: readonly AddFile[]): number => files.reduce((sum, { size }) => sum + size, 0);

/** The unit's rows in new files, uploaded; undefined where a file of it is gone. */
async function rewrite(
  lake: Lake,
  spec: TableSpec,
  unit: Unit,
  targetBytes: number,
): Promise<AddFile[] | undefined> {
  const directory = path.join(lake.workDirectory, `compaction-${newId(lake)}`);
  try {
    await mkdir(path.join(directory, 'new'), { recursive: true });
    const old = unit.files.map((file) => ({ path: file.path, partitionValues: unit.values }));
    const local = await downloadFiles(lake, spec.location, old, path.join(directory, 'files'));
    const columns = columnList(fileColumns(spec).map(({ name }) => name));
    const rows = `(select ${columns} from ${readFiles(spec, local)})`;
    const parts = partsOf(unit.bytes, targetBytes);
    const written = await writeParts(lake, spec, unit.values, rows, parts, directory);
    await checkRows(lake, spec, rows, written);
    await uploadFiles(
      lake,
      spec.location,
      written.map(({ key, local: file }) => ({ path: key, local: file })),
    );
    return written.map(({ add }) => ({ ...add, dataChange: false }));
  } catch (error) {
    if (!(error instanceof MissingDataFileError)) throw error;
    lake.logger?.warn(`${error.message}; the files of its partition stay as they are`);
    return undefined;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** A rewritten file is deleted one day: so many rows must have come through, or nothing is committed. */
async function checkRows(
  lake: Lake,
  spec: TableSpec,
  rows: string,
  written: readonly WrittenFile[],
): Promise<void> {
  const [found] = await lake.db.rows(`select count(*) as before from ${rows}`);
  const after = written.reduce((sum, { add }) => sum + Number(JSON.parse(add.stats ?? '{}').numRecords), 0);
  if (Number(found?.before) !== after) {
    throw new LakeError(spec.location, `compaction made ${after} rows of ${found?.before}`);
  }
}

/** Commits what still stands, in one entry; files of what does not are deleted. */
async function commitRound(
  lake: Lake,
  spec: TableSpec,
  before: Snapshot,
  rewritten: readonly Rewritten[],
): Promise<{ snapshot: Snapshot; units: readonly Rewritten[] }> {
  let snapshot = before;
  let standing = rewritten;
  for (let attempt = 1; standing.length > 0; attempt++) {
    const version = snapshot.version + 1;
    const actions = actionsOf(lake, snapshot, standing);
    const info = commitInfo(lake, snapshot, standing);
    const result = await commit(lake.bucket, spec.location, version, info, actions);
    snapshot = (await readSnapshot(lake, spec.location)) ?? snapshot;
    if (result === 'committed') return { snapshot, units: standing };
    checkMergeable(spec, snapshot);
    const isLost = (one: Rewritten) => attempt === ATTEMPTS || !isIntact(one.unit, snapshot);
    for (const one of standing.filter(isLost)) await giveUp(lake, spec, one);
    standing = standing.filter((one) => !isLost(one));
  }
  return { snapshot, units: [] };
}

async function giveUp(lake: Lake, spec: TableSpec, { unit, files }: Rewritten): Promise<void> {
  lake.logger?.info(`table ${spec.location}: another writer came first; left for the next time`, {
    partition: unit.values,
    files: unit.files.length,
  });
  await deleteFiles(
    lake,
    spec.location,
    files.map((add) => uriToPath(add.path)),
  );
}

function actionsOf(lake: Lake, snapshot: Snapshot, standing: readonly Rewritten[]): Action[] {
  const deletionTimestamp = lake.clock().getTime();
  return standing.flatMap(({ unit, files }) => [
    ...unit.files.flatMap(({ path: file }) => {
      const add = snapshot.files.get(file);
      if (!add) return [];
      const { path: uri, partitionValues, size } = add;
      const remove = { path: uri, deletionTimestamp, dataChange: false, partitionValues, size };
      return [{ remove: { ...remove, extendedFileMetadata: true } }];
    }),
    ...files.map((add) => ({ add })),
  ]);
}

function commitInfo(lake: Lake, snapshot: Snapshot, standing: readonly Rewritten[]) {
  const sum = (count: (one: Rewritten) => number) =>
    String(standing.reduce((total, one) => total + count(one), 0));
  return {
    timestamp: lake.clock().getTime(),
    operation: 'OPTIMIZE',
    operationParameters: { predicate: '[]', zOrderBy: '[]' },
    readVersion: snapshot.version,
    isolationLevel: 'SnapshotIsolation',
    isBlindAppend: false,
    operationMetrics: {
      numRemovedFiles: sum(({ unit }) => unit.files.length),
      numRemovedBytes: sum(({ unit }) => unit.bytes),
      numAddedFiles: sum(({ files }) => files.length),
      numAddedBytes: sum(({ files }) => sizeOf(files)),
    },
    engineInfo: ENGINE,
    txnId: newId(lake),
  };
}
