import { INPUT } from '../../domain/object-keys';
import type { BatchFile } from '../../domain/workflow';
import { type ObjectEvent, readEvents } from './event-forms';

/** The name of an event that the orchestrator sends in place of a lost S3 event. */
export const RECONCILED = 'ObjectCreated:Reconciled';

/** An upload that a message announces; `sequencer` orders uploads of one key at the same time. */
export type FileEvent = BatchFile & { sequencer: string; eventName: string };

/**
 * The content of a message. `files` is empty for S3's test event, folder markers and events of other types, such as removals; such
 * a message can be deleted. An `unreadable` message goes to the dead-letter queue, for a person to read.
 */
export type MessageContent = { files: FileEvent[] } | { unreadable: string };

export function readMessage(body: string, bucket: string): MessageContent {
  const found = readEvents(body);
  if ('fault' in found) return { unreadable: found.fault };
  const other = found.events.find((event) => event.bucket !== bucket);
  if (other) return { unreadable: `bucket ${other.bucket}, expected ${bucket}` };
  const files = found.events.filter(isFile).map(({ key, etag, size, time, sequencer, eventName }) => ({
    key,
    etag,
    size,
    uploaded_at: new Date(time).toISOString(),
    sequencer,
    eventName,
  }));
  return { files };
}

/**
 * Positive if `a` was uploaded after `b`, of the same key. Within a second sequencers decide, where both events have one, because
 * the times of EventBridge have no fraction. Sequencers are hexadecimal and compare after padding on the right.
 */
export function compareUploads(a: FileEvent, b: FileEvent): number {
  const isSameSecond = wholeSecond(a) === wholeSecond(b);
  const isBySequencer = isSameSecond && a.sequencer !== '' && b.sequencer !== '';
  const width = Math.max(a.sequencer.length, b.sequencer.length);
  const rank = ({ uploaded_at, sequencer }: FileEvent) =>
    (isBySequencer ? '' : uploaded_at) + sequencer.toUpperCase().padEnd(width, '0');
  return rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0;
}

const wholeSecond = ({ uploaded_at }: FileEvent): string =>
  uploaded_at.slice(0, '2025-03-30T12:00:00'.length);

/** Folder markers end with a slash and are empty. */
function isFile({ eventName, key }: ObjectEvent): boolean {
  return eventName.includes('ObjectCreated:') && key.startsWith(INPUT) && !key.endsWith('/');
}
