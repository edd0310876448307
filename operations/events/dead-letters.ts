import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { s3Bucket } from '../../storage/s3-bucket';
import { rawFilesOf } from '../../tasks/ingest/raw-files';
import { rawLinesOf } from '../../tasks/ingest/raw-lines';
import type { Deployment } from '../deployment';
import { queueUrlOf } from '../queue';
import type { KeptReason, RedrivenEvents } from './views';

/** Why a dead letter stays: a person has to act, as the runbook says. */
export const KEPT_REASONS: Readonly<Record<KeptReason, string>> = {
  bytes: 'the record is no text: fix its producer',
  stream: 'a batch of the stream: read the stream again from its time',
};

/** Longer than a page of messages takes; a message that this process leaves is then received again. */
const HIDDEN_SECONDS = 120;
const PAGE = 10;

/**
 * Writes the events in the dead-letter queue of events to `input/events/`, as ingest would have, and deletes their messages. A
 * message that is no event stays.
 *
 * A retry is safe: the same message makes the same file, whose events count once.
 * @returns undefined for a deployment without entry points
 */
export async function redriveEvents(
  deployment: Deployment,
  dryRun: boolean,
): Promise<RedrivenEvents | undefined> {
  const { sqs, s3, names } = deployment;
  const QueueUrl = await queueUrlOf(deployment, names.eventDeadLetterQueue);
  if (QueueUrl === undefined) return undefined;
  const bucket = s3Bucket(s3, deployment.bucket);
  const kept: Partial<Record<KeptReason, number>> = {};
  const seen = new Set<string>();
  /** Those that stay are visible again at the end. */
  const hidden = new Set<Message>();
  let moved = 0;
  try {
    for (;;) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: PAGE,
          VisibilityTimeout: HIDDEN_SECONDS,
          MessageSystemAttributeNames: ['SentTimestamp'],
        }),
      );
      const fresh = Messages.filter(({ MessageId = '' }) => !seen.has(MessageId));
      if (fresh.length === 0) break;
      for (const message of fresh) {
        hidden.add(message);
        seen.add(message.MessageId ?? '');
      }
      for (const message of fresh) {
        const reason = reasonToKeep(message.Body ?? '');
        if (reason) kept[reason] = (kept[reason] ?? 0) + 1;
        if (reason || dryRun) continue;
        for (const { key, body } of rawFilesOf(linesOf(message)))
          await bucket.put(key, body, 'application/gzip');
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
        hidden.delete(message);
        moved += 1;
      }
    }
  } finally {
    for (const { ReceiptHandle } of hidden)
      await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
  }
  return { dead_letters: seen.size, moved, kept };
}

const linesOf = ({ Body = '', MessageId = '', Attributes }: Message) =>
  rawLinesOf(
    {
      source: 'sqs',
      position: MessageId,
      identifier: MessageId,
      storedAt: Number(Attributes?.SentTimestamp),
      text: Body,
    },
    new Date(),
  );

/** The forms of ingest and of Lambda; anything else is what a producer sent. */
function reasonToKeep(body: string): KeptReason | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  if ('KinesisBatchInfo' in value) return 'stream';
  return 'base64' in value && 'reason' in value && 'position' in value ? 'bytes' : undefined;
}
