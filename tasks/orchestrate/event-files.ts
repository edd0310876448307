import { EVENTS } from '../../domain/object-keys';
import type { Batch } from './batch';

/**
 * Whether a batch is to wait for more files. Files of events come all day, and each execution has a fixed cost, so they wait for
 * others to share one, as far as nothing else is in the batch, there is room, and the oldest is younger than `waitMs`.
 */
export function waitsForMore(batch: Batch, waitMs: number, now: Date): boolean {
  const { files, receivedMessages, room } = batch;
  if (waitMs === 0 || files.length === 0 || room === 0) return false;
  if (!files.every(({ key }) => key.startsWith(EVENTS))) return false;
  const oldest = Math.min(...receivedMessages.map(({ sentAt }) => sentAt));
  return now.getTime() - oldest < waitMs;
}
