import { isRowsKey, MAINTAIN_RESULTS, maintainResultKey, RESULTS } from '../../domain/object-keys';
import { compactTime, DAY_MS } from '../../domain/time';
import { maintainResultSchema } from '../../domain/workflow';
import type { Bucket } from '../../storage/bucket';
import { getMatchingJson } from '../../storage/json-object';
import { inParallel } from '../../storage/parallel';

/** How far back to search for an earlier run. */
const RUNS_WITHIN_MS = 8 * DAY_MS;

/** A queue keeps a message for two weeks. */
const MESSAGE_AGE_MS = 15 * DAY_MS;

const DELETES = 8;
const BATCH = 1_000;

/**
 * Deletes the parsed rows that validate wrote for stage in executions before a time. Executions that an earlier run has
 * cleaned are not listed again, so that years of executions cost nothing.
 *
 * @returns objects deleted
 */
export async function deleteRowFiles(bucket: Bucket, now: Date, before: Date): Promise<number> {
  const cleaned = await cleanedBefore(bucket, now);
  // The id of an execution begins with the time of its oldest message.
  const startAfter = cleaned && `${RESULTS}${compactTime(new Date(cleaned.getTime() - MESSAGE_AGE_MS))}`;
  let deleted = 0;
  let batch: string[] = [];
  const flush = async () => {
    await inParallel(DELETES, batch, (key) => bucket.delete(key));
    deleted += batch.length;
    batch = [];
  };
  for await (const { key, lastModified } of bucket.list(RESULTS, startAfter)) {
    if (isRowsKey(key) && lastModified < before) batch.push(key);
    if (batch.length === BATCH) await flush();
  }
  await flush();
  return deleted;
}

/** The time before which an earlier run cleaned all executions; undefined: there is no recent run. */
async function cleanedBefore(bucket: Bucket, now: Date): Promise<Date | undefined> {
  const startAfter = maintainResultKey(new Date(now.getTime() - RUNS_WITHIN_MS));
  let last: Date | undefined;
  for await (const { key } of bucket.list(MAINTAIN_RESULTS, startAfter)) {
    const result = await getMatchingJson(bucket, key, maintainResultSchema);
    if (result) last = new Date(result.rows_deleted_before);
  }
  return last;
}
