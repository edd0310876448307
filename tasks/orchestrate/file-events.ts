import { z } from 'zod';
import { decodeEventKey, INPUT } from '../../domain/object-keys';
import type { BatchFile } from '../../domain/workflow';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
const s3EventSchema = z.object({
  Records: z.array(
    z.object({
      eventName: z.string(),
      eventTime: z.string(),
      s3: z.object({
        bucket: z.object({ name: z.string() }),
        object: z.object({
          key: z.string(),
          size: z.number().int().nonnegative().default(0),
          eTag: z.string().min(1),
          sequencer: z.string().default(''),
        }),
      }),
    }),
  ),
});

/** The name of an event that the orchestrator sends in place of a lost S3 event. */
export const RECONCILED = 'ObjectCreated:Reconciled';

const testEventSchema = z.object({ Event: z.literal('s3:TestEvent') });

/** An upload that a message announces; `sequencer` orders uploads of one key at the same time. */
export type FileEvent = BatchFile & { sequencer: string; eventName: string };

/**
 * The content of a message. `files` is empty for S3's test event and for folder markers; such a message can be deleted. An
 * `unreadable` message goes to the dead-letter queue, for a person to read.
 */
export type MessageContent = { files: FileEvent[] } | { unreadable: string };

export function readMessage(body: string, bucket: string): MessageContent {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return { unreadable: 'not JSON' };
  }
  if (testEventSchema.safeParse(json).success) return { files: [] };
  const event = s3EventSchema.safeParse(json);
  if (!event.success) return { unreadable: `not an S3 event: ${z.prettifyError(event.error)}` };

  const files: FileEvent[] = [];
  for (const { eventName, eventTime, s3 } of event.data.Records) {
    if (s3.bucket.name !== bucket) return { unreadable: `bucket ${s3.bucket.name}, expected ${bucket}` };
    const time = Date.parse(eventTime);
    if (Number.isNaN(time)) return { unreadable: `eventTime ${JSON.stringify(eventTime)} is not a time` };
    const key = decodeKey(s3.object.key);
    if (key === undefined) return { unreadable: `key ${JSON.stringify(s3.object.key)} is not URL-encoded` };
    if (!isFile(eventName, key)) continue;
    files.push({
      key,
      etag: s3.object.eTag.replaceAll('"', ''),
      size: s3.object.size,
      uploaded_at: new Date(time).toISOString(),
      sequencer: s3.object.sequencer,
      eventName,
    });
  }
  return { files };
}

/** Positive if `a` was uploaded after `b`. Sequencers are hexadecimal and compare after padding on the right. */
export function compareUploads(a: FileEvent, b: FileEvent): number {
  const width = Math.max(a.sequencer.length, b.sequencer.length);
  const rank = ({ uploaded_at, sequencer }: FileEvent) =>
    uploaded_at + sequencer.toUpperCase().padEnd(width, '0');
  return rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0;
}

/** Folder markers end with a slash and are empty. */
function isFile(eventName: string, key: string): boolean {
  return eventName.includes('ObjectCreated:') && key.startsWith(INPUT) && !key.endsWith('/');
}

function decodeKey(encoded: string): string | undefined {
  try {
    return decodeEventKey(encoded);
  } catch {
    return undefined;
  }
}
