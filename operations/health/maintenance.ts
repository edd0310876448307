import { MAINTAIN_RESULTS, maintainResultKey } from '../../domain/object-keys';
import { maintainResultSchema } from '../../domain/workflow';
import type { Bucket } from '../../storage/bucket';
import { getJson } from '../../storage/json-object';
import type { MaintenanceHealth } from './views';

const EVERY_SECONDS = 86_400;

/** Listed first, as a listing of all results grows over the years. */
const RECENT_MS = 3 * EVERY_SECONDS * 1000;

/** The result of a failed run has no tables. */
const resultSchema = maintainResultSchema.partial({
  tables: true,
  rows_deleted: true,
  rows_deleted_before: true,
});

/** The result of the last daily maintenance. */
export async function readMaintenanceHealth(bucket: Bucket, now: Date): Promise<MaintenanceHealth> {
  const recent = maintainResultKey(new Date(now.getTime() - RECENT_MS));
  const key = (await lastKey(bucket, recent)) ?? (await lastKey(bucket));
  const result = key === undefined ? undefined : await getJson(bucket, key, resultSchema);
  if (!result) return { every_seconds: EVERY_SECONDS, last: null };
  return {
    every_seconds: EVERY_SECONDS,
    last: {
      started_at: result.started_at,
      duration_ms: result.duration_ms,
      status: result.status,
      cause: result.cause ?? null,
      tables: (result.tables ?? []).map(({ table, compaction, ...rest }) => ({
        table,
        files_compacted: compaction.files_removed,
        files_written: compaction.files_added,
        files_deleted: rest.files_deleted,
        bytes_deleted: rest.bytes_deleted,
        log_objects_deleted: rest.log_objects_deleted,
      })),
      rows_deleted: result.rows_deleted ?? 0,
    },
  };
}

/** Keys sort by time. */
async function lastKey(bucket: Bucket, after?: string): Promise<string | undefined> {
  let last: string | undefined;
  for await (const { key } of bucket.list(MAINTAIN_RESULTS, after)) last = key;
  return last;
}
