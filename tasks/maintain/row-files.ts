import { isRowsKey, MAINTAIN_RESULTS, maintainResultKey, RESULTS } from '../../domain/object-keys';
import { compactTime, DAY_MS } from '../../domain/time';
import { maintainResultSchema } from '../../domain/workflow';
import type { Bucket } from '../../storage/bucket';
import { getMatchingJson } from '../../storage/json-object';
import { inParallel } from '../../storage/parallel';

/** How far back a run is looked for that tells how far it came. */
const RUNS_SEEN_MS = 8 * DAY_MS;

/** A queue keeps a message for two weeks. */
const MESSAGE_AGE_MS = 15 * DAY_MS;

const DELETES = 8;
const BATCH = 1_000;

/**
 * Deletes the parsed rows that validate left for stage in executions before a time. Those that an earlier run has been
 * through are not listed again, so that years of executions cost nothing.
 *
 * @returns objects deleted
 */
export async function deleteRowFiles(bucket: Bucket, now: Date, before: Date): Promise<number> {
  const seen = await doneBefore(bucket, now);
  // The id of an execution begins with the time of its oldest message.
  const startAfter = seen && `${RESULTS}${compactTime(new Date(seen.getTime() - MESSAGE_AGE_MS))}`;
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

/** Up to which time a run of the last days has been through all executions; undefined where none tells. */
async function doneBefore(bucket: Bucket, now: Date): Promise<Date | undefined> {
  const startAfter = maintainResultKey(new Date(now.getTime() - RUNS_SEEN_MS));
  let last: Date | undefined;
  for await (const { key } of bucket.list(MAINTAIN_RESULTS, startAfter)) {
    const result = await getMatchingJson(bucket, key, maintainResultSchema);
    if (result) last = new Date(result.rows_deleted_before);
  }
  return last;
}
