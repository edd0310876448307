import type { Catalog } from '../../catalog/catalog';
import type { LoadResult } from '../../domain/workflow';
import type { Lake } from '../../lake/lake';
import type { TaskDeps } from '../../runtime/task-process';
import type { ResultBase, TaskOutcome } from '../../runtime/task-result';
import type { Warehouse } from '../../serving/warehouse/connection';
import { loadWarehouse } from './load-lake';

export interface LoadDeps
  extends TaskDeps<{
    readonly REPORTING_TIME_ZONE: string;
    readonly CURRENCY?: string | undefined;
    readonly LOAD_WAIT_SECONDS: number;
  }> {
  readonly catalog: Catalog;
  /** Opens a connection to the warehouse; the task ends it. */
  readonly connectWarehouse: () => Promise<Warehouse>;
}

/**
 * Brings the star schema of the warehouse up to date with staging/.
 *
 * One transaction has the changed rows and the versions of the tables that they were read from, so a run that stops at any point leaves either
 * everything or nothing. Then, and if the connection is lost before the answer to its commit, the next run loads what is missing. Runs
 * wait for each other, and each reads the lake only when it is its turn, so none loads older rows over newer ones.
 *
 * @throws WarehouseError if the warehouse cannot be reached or is migrated by a newer release; WarehouseBusyError; errors of PostgreSQL. A
 * retry is safe.
 */
export async function run(
  { executionId }: { executionId: string },
  deps: LoadDeps,
): Promise<TaskOutcome<LoadResult & ResultBase>> {
  const { bucket, workDirectory, clock, logger, config, catalog } = deps;
  const { REPORTING_TIME_ZONE: timeZone, CURRENCY: currency, LOAD_WAIT_SECONDS: waitSeconds } = config;
  const db = await deps.openDuckDb();
  try {
    const warehouse = await deps.connectWarehouse();
    try {
      const lake: Lake = { bucket, db, workDirectory, clock, logger, userMetadata: executionId };
      return await loadWarehouse(lake, warehouse, { catalog, timeZone, currency }, { waitSeconds });
    } finally {
      await warehouse.end().catch(() => {});
    }
  } finally {
    db.close();
  }
}
