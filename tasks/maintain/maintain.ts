import type { Catalog } from '../../catalog/catalog';
import { DAY_MS } from '../../domain/time';
import type { MaintainedTable, MaintainResult } from '../../domain/workflow';
import { hasLayout } from '../../lake/check';
import type { Lake } from '../../lake/lake';
import { checkpointWhenBehind } from '../../lake/maintenance/checkpoint-when-behind';
import { compact } from '../../lake/maintenance/compaction';
import { removeUnneededFiles } from '../../lake/maintenance/file-clean-up';
import { cleanUpLog } from '../../lake/maintenance/log-clean-up';
import { relayout } from '../../lake/maintenance/relayout';
import { readSnapshot } from '../../lake/snapshot';
import type { TableSpec } from '../../lake/table-spec';
import type { TaskDeps } from '../../runtime/task-process';
import { causeOf, type TaskOutcome } from '../../runtime/task-result';
import type { MaintainConfig } from './config';
import { deleteRowFiles } from './row-files';

/** Some tables could not be maintained; the others were. The message names each with its cause. */
export class MaintenanceError extends Error {
  override readonly name = 'MaintenanceError';
  constructor(readonly causes: readonly { readonly table: string; readonly cause: string }[]) {
    super(causes.map(({ table, cause }) => `${table}: ${cause}`).join('; '));
  }
}

/**
 * Maintains the tables of the lake: compacts small files, writes checkpoints, and deletes data files and log entries that no
 * version within the retention needs, and the parsed rows of old executions. It may run beside a batch and beside itself, be
 * killed anywhere, and be run again: a table changes only by its compaction's commit, which fails if another writer commits
 * first.
 *
 * @throws MaintenanceError after every table was tried
 */
export async function run(
  deps: TaskDeps<MaintainConfig> & { readonly catalog: Pick<Catalog, 'tables' | 'marts'> },
): Promise<TaskOutcome<MaintainResult>> {
  const { bucket, workDirectory, clock, logger, config, catalog } = deps;
  const db = await deps.openDuckDb();
  try {
    const lake: Lake = { bucket, db, workDirectory, clock, logger };
    const tables: MaintainedTable[] = [];
    const failures: { table: string; cause: string }[] = [];
    for (const spec of catalog.tables) {
      try {
        const isMart = catalog.marts.some(({ name }) => name === spec.name);
        const maintained = await maintainTable(lake, spec, config, isMart);
        logger.info(`${spec.name} maintained`, { counts: maintained });
        tables.push(maintained);
      } catch (error) {
        logger.error(`${spec.name} not maintained`, { cause: causeOf(error) });
        failures.push({ table: spec.name, cause: causeOf(error) });
      }
    }
    if (failures.length > 0) throw new MaintenanceError(failures);
    const before = daysAgo(lake, config.FILE_RETENTION_DAYS);
    const rows_deleted = await deleteRowFiles(bucket, clock(), before);
    return { tables, rows_deleted, rows_deleted_before: before.toISOString() };
  } finally {
    db.close();
  }
}

async function maintainTable(
  lake: Lake,
  spec: TableSpec,
  config: MaintainConfig,
  isMart: boolean,
): Promise<MaintainedTable> {
  const { location } = spec;
  const found = await readSnapshot(lake, location);
  const targetBytes = config.TARGET_FILE_MB * 1024 ** 2;
  // The next refresh replaces a mart of another layout.
  const isReplaced = isMart && !hasLayout(spec, found);
  const relaid = found && (await relayout(lake, spec, found, targetBytes));
  if (relaid) lake.logger?.info(`${spec.name} has other partitions now`, { partitions: relaid });
  const latest = relaid ? await readSnapshot(lake, location) : found;
  const compacted = latest && !isReplaced ? await compact(lake, spec, latest, targetBytes) : undefined;
  const snapshot = await readSnapshot(lake, location);
  const checkpoint = snapshot ? await checkpointWhenBehind(lake, snapshot) : null;
  const files = await removeUnneededFiles(lake, spec, daysAgo(lake, config.FILE_RETENTION_DAYS));
  // The log is needed to know which files are in use.
  const logDays = Math.max(config.LOG_RETENTION_DAYS, config.FILE_RETENTION_DAYS);
  const log = await cleanUpLog(lake, location, daysAgo(lake, logDays));
  return {
    table: spec.name,
    version: snapshot?.version ?? null,
    compaction: {
      files_removed: compacted?.removed ?? 0,
      files_added: compacted?.added ?? 0,
      bytes_added: compacted?.bytes ?? 0,
      given_up: compacted?.givenUp ?? 0,
    },
    checkpoint,
    files_deleted: files.removed,
    bytes_deleted: files.bytes,
    log_objects_deleted: log,
  };
}

const daysAgo = ({ clock }: Pick<Lake, 'clock'>, days: number): Date =>
  new Date(clock().getTime() - days * DAY_MS);
