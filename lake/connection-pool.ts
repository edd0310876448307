import { inParallel } from '../storage/parallel';
import type { Lake } from './lake';

/** One writes a file on a core of its own while another is uploaded; more would only want more memory. */
const LANES = 3;

/**
 * Works on several items at a time, each on a connection of its own: DuckDB sorts and writes one small file on one core.
 * Temporary tables of `lake.db` are not seen there. Results in the items' order; after a failure none is started any more,
 * and the first is thrown once those under way have ended.
 */
export async function inLanes<Item, Result>(
  lake: Lake,
  items: readonly Item[],
  work: (lane: Lake, item: Item) => Promise<Result>,
): Promise<Result[]> {
  const lanes: Lake[] = [];
  try {
    while (lanes.length < Math.min(LANES, items.length)) lanes.push({ ...lake, db: await lake.db.connect() });
    const free = [...lanes];
    return await inParallel(lanes.length, items, async (item) => {
      const lane = free.pop() as Lake;
      try {
        return await work(lane, item);
      } finally {
        free.push(lane);
      }
    });
  } finally {
    for (const { db } of lanes) db.close();
  }
}
