import path from 'node:path';
import type { Catalog } from '../../catalog/catalog';
import { taskResultKey } from '../../domain/object-keys';
import {
  type RowsOfKind,
  rowsByKind,
  type StagedTable,
  type StageResult,
  type ValidatedFile,
  validateResultSchema,
} from '../../domain/workflow';
import { rowsToStage } from '../../formats/validated-rows';
import { CHANGE_FILES, type ChangeFiles } from '../../lake/change-file';
import type { Lake } from '../../lake/lake';
import { merge } from '../../lake/merge';
import { readSnapshot } from '../../lake/snapshot';
import type { TaskDeps } from '../../runtime/task-process';
import type { TaskOutcome } from '../../runtime/task-result';
import type { Bucket } from '../../storage/bucket';
import { getMatchingJson } from '../../storage/json-object';
import { inParallel } from '../../storage/parallel';
import { addToHistory } from './history';
import { stageOnSpark } from './stage-on-spark';
import { stagedTable } from './staged-table';

/** Concurrent downloads. */
const MAX_DOWNLOADS = 8;

/** Up to this many rows the kinds are staged beside each other: it takes little memory, and most of the time is that of requests. */
const SMALL_BATCH_ROWS = 100_000;

export interface StageDeps
  extends TaskDeps<{ readonly TARGET_FILE_MB: number; readonly ENGINE?: 'duckdb' | 'spark' }> {
  readonly catalog: Pick<Catalog, 'contract' | 'kinds' | 'stagingTable' | 'historyTable'>;
  readonly changeFiles?: ChangeFiles;
}

/** The result of this execution's validate task is missing or unusable. */
export class ValidationMissingError extends Error {
  override readonly name = 'ValidationMissingError';
}

/**
 * Upserts the typed rows of the batch's valid files into the tables below staging/, after their histories. Each table is
 * merged in one commit. A
 * retry is safe: every row carries its version, so no row is applied twice. On Spark this is a round of several.
 */
export async function run(
  { executionId }: { executionId: string },
  deps: StageDeps,
): Promise<TaskOutcome<StageResult>> {
  const files = await validFiles(deps.bucket, executionId);
  const { bucket, workDirectory, clock, logger, catalog, known } = deps;
  const rows = files.flatMap(rowsByKind);
  for (const { kind } of rows) catalog.contract(kind);
  const byKind = new Map<string, RowsOfKind[]>();
  for (const kind of catalog.kinds) {
    const ofKind = rows.filter((one) => one.kind === kind && one.rows_key);
    if (ofKind.length > 0) byKind.set(kind, ofKind);
  }
  const db = await deps.openDuckDb();
  const lake: Lake = {
    ...{ bucket, db, workDirectory, clock, logger, userMetadata: executionId },
    ...(known && { known }),
  };
  const targetFileBytes = deps.config.TARGET_FILE_MB * 1024 ** 2;
  try {
    if (deps.config.ENGINE === 'spark')
      return await stageOnSpark(executionId, byKind, lake, catalog, targetFileBytes);
    const total = rows.reduce((sum, one) => sum + one.rows, 0);
    const tables = await inParallel(
      total <= SMALL_BATCH_ROWS ? byKind.size : 1,
      [...byKind],
      ([kind, ofKind]) => stageKind(kind, ofKind, lake, deps, targetFileBytes),
    );
    return { tables };
  } finally {
    db.close();
  }
}

async function validFiles(bucket: Bucket, executionId: string): Promise<ValidatedFile[]> {
  const key = taskResultKey(executionId, 'validate');
  const result = await getMatchingJson(bucket, key, validateResultSchema);
  if (!result) throw new ValidationMissingError(`${key}: expected the result of a successful validate task`);
  return result.files.filter(({ outcome }) => outcome === 'valid');
}

async function stageKind(
  kind: string,
  files: readonly RowsOfKind[],
  lake: Lake,
  { bucket, workDirectory, logger, catalog, changeFiles = CHANGE_FILES }: StageDeps,
  targetFileBytes: number,
): Promise<StagedTable> {
  // Files that were validated together share an object.
  const rowKeys = [...new Set(files.map(({ rows_key = '' }) => rows_key))];
  const [table, history] = [catalog.stagingTable(kind), catalog.historyTable(kind)];
  const [since, rowFiles] = await Promise.all([
    readSnapshot(lake, table.location),
    inParallel(MAX_DOWNLOADS, rowKeys, async (key, index) => {
      const local = path.join(workDirectory, `${kind}-${index}.parquet`);
      if (!(await bucket.download(key, local))) {
        throw new ValidationMissingError(`${key} is missing: expected the rows of validate`);
      }
      return local;
    }),
  ]);
  const rows = await rowsToStage(lake.db, catalog.contract(kind), rowFiles);
  const options = { targetFileBytes };
  const versions = history && (await addToHistory(lake, table, history, rows, options));
  const outcome = await merge(
    lake,
    table,
    { rows },
    { ...options, since: since ?? null, keepsChanges: changeFiles },
  );
  const staged = stagedTable(kind, files, outcome, versions);
  logger.info(`${kind} staged`, { counts: staged });
  return staged;
}
