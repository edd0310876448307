import { writeCheckpoint } from '../checkpoint';
import type { Lake } from '../lake';
import type { Snapshot } from '../replay';
import { lastCheckpoint } from '../snapshot';

/** Entries that a reader may have to replay. */
const MAX_REPLAYED_ENTRIES = 3;

/**
 * Writes the checkpoint of a snapshot if the last one is more than a few commits old.
 * @returns its version; null if none was due
 */
export async function checkpointWhenBehind(lake: Lake, snapshot: Snapshot): Promise<number | null> {
  const last = (await lastCheckpoint(lake, snapshot.location))?.version ?? -1;
  if (snapshot.version - last <= MAX_REPLAYED_ENTRIES) return null;
  await writeCheckpoint(lake, snapshot);
  return snapshot.version;
}
