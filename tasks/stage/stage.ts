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
import type { DuckDb } from '../../engine/duckdb/session';
import { rowsToStage } from '../../formats/validated-rows';
import { merge } from '../../lake/merge';
import type { TaskDeps } from '../../runtime/task-process';
import type { TaskOutcome } from '../../runtime/task-result';
import type { Bucket } from '../../storage/bucket';
import { getMatchingJson } from '../../storage/json-object';
import { inParallel } from '../../storage/parallel';
import { addToHistory } from './history';

/** Concurrent downloads. */
const MAX_DOWNLOADS = 8;

export interface StageDeps extends TaskDeps<{ readonly TARGET_FILE_MB: number }> {
  readonly catalog: Pick<Catalog, 'contract' | 'kinds' | 'stagingTable' | 'historyTable'>;
}

/** The result of this execution's validate task is missing or unusable. */
export class ValidationMissingError extends Error {
  override readonly name = 'ValidationMissingError';
}

/**
 * Upserts the typed rows of the batch's valid files into the tables below staging/, after their histories. Each table is
 * merged in one commit. A
 * retry is safe: every row carries its version, so no row is applied twice.
 */
export async function run(
  { executionId }: { executionId: string },
  deps: StageDeps,
): Promise<TaskOutcome<StageResult>> {
  const files = await validFiles(deps.bucket, executionId);
  const db = await deps.openDuckDb();
  try {
    const tables: StagedTable[] = [];
    const rows = files.flatMap(rowsByKind);
    for (const { kind } of rows) deps.catalog.contract(kind);
    for (const kind of deps.catalog.kinds) {
      const ofKind = rows.filter((one) => one.kind === kind && one.rows_key);
      if (ofKind.length > 0) tables.push(await stageKind(kind, ofKind, db, deps, executionId));
    }
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
  db: DuckDb,
  { bucket, workDirectory, clock, logger, config, catalog }: StageDeps,
  executionId: string,
): Promise<StagedTable> {
  // Files that were validated together share an object.
  const rowKeys = [...new Set(files.map(({ rows_key = '' }) => rows_key))];
  const rowFiles = await inParallel(MAX_DOWNLOADS, rowKeys, async (key, index) => {
    const local = path.join(workDirectory, `${kind}-${index}.parquet`);
    if (!(await bucket.download(key, local))) {
      throw new ValidationMissingError(`${key} is missing: expected the rows of validate`);
    }
    return local;
  });
  const lake = { bucket, db, workDirectory, clock, logger, userMetadata: executionId };
  const rows = await rowsToStage(db, catalog.contract(kind), rowFiles);
  const options = { targetFileBytes: config.TARGET_FILE_MB * 1024 ** 2 };
  const [table, history] = [catalog.stagingTable(kind), catalog.historyTable(kind)];
  const versions = history && (await addToHistory(lake, table, history, rows, options));
  const outcome = await merge(lake, table, { rows }, options);
  const staged: StagedTable = {
    table: kind,
    rows: files.reduce((sum, { rows }) => sum + rows, 0),
    inserted: outcome.inserted,
    updated: outcome.updated,
    deleted: outcome.deleted,
    superseded: outcome.superseded,
    version: outcome.version,
    files_added: outcome.filesAdded,
    files_removed: outcome.filesRemoved,
    ...(versions && { versions_added: versions.inserted }),
  };
  logger.info(`${kind} staged`, { counts: staged });
  return staged;
}
