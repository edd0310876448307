import { writeCheckpoint } from '../checkpoint';
import type { Lake } from '../lake';
import type { Snapshot } from '../replay';
import { lastCheckpoint } from '../snapshot';

/** Entries that a reader may be left to replay. */
const REPLAYED_ENTRIES = 3;

/**
 * Writes the checkpoint of a snapshot where the last is older than a few commits.
 * @returns its version; null where none was due
 */
export async function checkpointWhenBehind(lake: Lake, snapshot: Snapshot): Promise<number | null> {
  const last = (await lastCheckpoint(lake, snapshot.location)) ?? -1;
  if (snapshot.version - last <= REPLAYED_ENTRIES) return null;
  await writeCheckpoint(lake, snapshot);
  return snapshot.version;
}
