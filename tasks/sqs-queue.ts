import {
  type BatchResultErrorEntry,
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { FileQueue } from './queue';

/** Entries in one batch request: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessageBatch.html */
const BATCH_ENTRIES = 10;

/** Long polling asks all of the queue's servers, so that an empty answer means an empty queue. */
const WAIT_SECONDS = 1;

/** SQS took some entries of a batch and refused others for a fault of its own. */
export class QueueError extends Error {
  override readonly name = 'QueueError';
  constructor(
    readonly operation: string,
    readonly failures: readonly BatchResultErrorEntry[],
  ) {
    const [first] = failures;
    super(`${operation}: ${failures.length} entries failed, first ${first?.Code}: ${first?.Message}`);
  }
}

/** A standard SQS queue. Every method may be retried. */
export function sqsQueue(client: SQSClient, queueUrl: string): FileQueue {
  const target = { QueueUrl: queueUrl };
  return {
    async receive(max) {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({
          ...target,
          MaxNumberOfMessages: Math.min(max, BATCH_ENTRIES),
          WaitTimeSeconds: WAIT_SECONDS,
          MessageSystemAttributeNames: ['ApproximateReceiveCount', 'SentTimestamp'],
        }),
      );
      return Messages.map((message) => ({
        messageId: message.MessageId ?? '',
        receiptHandle: message.ReceiptHandle ?? '',
        body: message.Body ?? '',
        receiveCount: Number(message.Attributes?.ApproximateReceiveCount ?? 1),
        sentAt: Number(message.Attributes?.SentTimestamp ?? 0),
      }));
    },

    delete: (handles) =>
      inBatches('DeleteMessageBatch', handles, async (entries) => {
        const Entries = entries.map(({ id, handle }) => ({ Id: id, ReceiptHandle: handle }));
        return (await client.send(new DeleteMessageBatchCommand({ ...target, Entries }))).Failed;
      }),

    release: (handles) =>
      inBatches('ChangeMessageVisibilityBatch', handles, async (entries) => {
        const Entries = entries.map(({ id, handle }) => ({
          Id: id,
          ReceiptHandle: handle,
          VisibilityTimeout: 0,
        }));
        return (await client.send(new ChangeMessageVisibilityBatchCommand({ ...target, Entries }))).Failed;
      }),
  };
}

type Entry = { id: string; handle: string };

/** @throws QueueError for entries that failed through a fault of the service; the sender's faults mean the message is gone */
async function inBatches(
  operation: string,
  handles: readonly string[],
  send: (entries: Entry[]) => Promise<BatchResultErrorEntry[] | undefined>,
): Promise<void> {
  const failures: BatchResultErrorEntry[] = [];
  for (let start = 0; start < handles.length; start += BATCH_ENTRIES) {
    const entries = handles.slice(start, start + BATCH_ENTRIES).map((handle, i) => ({ id: `${i}`, handle }));
    const failed = (await send(entries)) ?? [];
    failures.push(...failed.filter((failure) => !failure.SenderFault));
  }
  if (failures.length > 0) throw new QueueError(operation, failures);
}
