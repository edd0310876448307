/**
 * Old log entries behind a checkpoint.
 * https://github.com/delta-io/delta/blob/master/PROTOCOL.md#metadata-cleanup
 */

import type { ObjectInfo } from '../../storage/bucket';
import { inParallel } from '../../storage/parallel';
import { readCheckpoint } from '../checkpoint';
import { PARALLEL_TRANSFERS } from '../data-files';
import type { Lake } from '../lake';
import { entryKey, logPrefix, sortLog } from '../log';
import { lastCheckpoint } from '../snapshot';

/** Entries, checkpoints and checksums; the version of compacted entries is their last. */
const VERSIONED = /^(?:\d{20}\.)?(\d{20})\.(?:json|crc|compacted\.json|checkpoint\..*)$/;

/**
 * Deletes the log before the newest checkpoint that is older than a time, so that every version that was the newest at any
 * time since can still be read. That checkpoint is read first: without it nothing is deleted. It may be retried, run twice
 * at the same time, and be killed at any point: readers start from a checkpoint that stays.
 *
 * @returns objects deleted
 */
export async function cleanUpLog(lake: Lake, location: string, before: Date): Promise<number> {
  const objects: ObjectInfo[] = [];
  for await (const object of lake.bucket.list(logPrefix(location))) objects.push(object);
  const checkpoint = newestBefore(location, objects, before);
  if (!checkpoint) return 0;
  const pointer = (await lastCheckpoint(lake, location))?.version ?? 0;
  const first = Math.min(checkpoint.version, pointer);
  const obsolete = objects.filter(({ key, lastModified }) => {
    const version = VERSIONED.exec(key.slice(logPrefix(location).length))?.[1];
    return version !== undefined && Number(version) < first && lastModified < before;
  });
  if (obsolete.length === 0) return 0;
  const actions = await readCheckpoint(lake, checkpoint.keys);
  if (!actions?.some(({ metaData }) => metaData)) {
    lake.logger?.warn(`table ${location}: checkpoint ${checkpoint.version} is no whole one; its log is kept`);
    return 0;
  }
  await inParallel(PARALLEL_TRANSFERS, obsolete, ({ key }) => lake.bucket.delete(key));
  return obsolete.length;
}

/** The newest checkpoint of a version that existed at that time. */
function newestBefore(location: string, objects: readonly ObjectInfo[], before: Date) {
  const { entries, checkpoints } = sortLog(
    location,
    objects.map(({ key }) => key),
  );
  const writtenAt = new Map(objects.map(({ key, lastModified }) => [key, lastModified]));
  const isRecent = (version: number) => (writtenAt.get(entryKey(location, version)) ?? before) >= before;
  const firstRecent = entries.find(isRecent) ?? Number.POSITIVE_INFINITY;
  return checkpoints.findLast(({ version }) => version < firstRecent);
}
