import {
  type BatchResultErrorEntry,
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { chunksOf, inParallel } from './parallel';
import type { FileQueue } from './queue';

/** Entries in one batch request: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessageBatch.html */
const BATCH_ENTRIES = 10;

/** Batch requests in parallel. */
const PARALLEL_REQUESTS = 8;

/** Long polling asks all servers of the queue, so an empty response means an empty queue. */
const WAIT_SECONDS = 1;

/** SQS refused some entries of a batch because of a service error. */
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

/** Seconds that messages stay hidden. */
export interface Visibility {
  /** After a receive: longer than the orchestrator's own timeout. */
  readonly received: number;
  /** While an execution processes them: longer than the state machine's timeout. */
  readonly held: number;
}

/** A standard SQS queue. Every method may be retried. */
export function sqsQueue(
  client: SQSClient,
  queueUrl: string,
  visibility: Visibility = { received: 0, held: 0 },
): FileQueue {
  const target = { QueueUrl: queueUrl };
  const changeVisibility = (handles: readonly string[], seconds: number) =>
    inBatches('ChangeMessageVisibilityBatch', handles, async (entries) => {
      const Entries = entries.map(({ id, value }) => ({
        Id: id,
        ReceiptHandle: value,
        VisibilityTimeout: seconds,
      }));
      return (await client.send(new ChangeMessageVisibilityBatchCommand({ ...target, Entries }))).Failed;
    });
  return {
    send: (bodies) =>
      inBatches('SendMessageBatch', bodies, async (entries) => {
        const Entries = entries.map(({ id, value }) => ({ Id: id, MessageBody: value }));
        return (await client.send(new SendMessageBatchCommand({ ...target, Entries }))).Failed;
      }),

    async receive(max) {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({
          ...target,
          MaxNumberOfMessages: Math.min(max, BATCH_ENTRIES),
          WaitTimeSeconds: WAIT_SECONDS,
          VisibilityTimeout: visibility.received,
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
        const Entries = entries.map(({ id, value }) => ({ Id: id, ReceiptHandle: value }));
        return (await client.send(new DeleteMessageBatchCommand({ ...target, Entries }))).Failed;
      }),

    hold: (handles) => changeVisibility(handles, visibility.held),

    release: (handles) => changeVisibility(handles, 0),
  };
}

type Entry = { id: string; value: string };

/** @throws QueueError for entries that failed because of the service; a sender's fault means that the message does not exist */
async function inBatches(
  operation: string,
  values: readonly string[],
  send: (entries: Entry[]) => Promise<BatchResultErrorEntry[] | undefined>,
): Promise<void> {
  const batches = chunksOf(values, BATCH_ENTRIES).map((batch) =>
    batch.map((value, i): Entry => ({ id: `${i}`, value })),
  );
  const failed = await inParallel(PARALLEL_REQUESTS, batches, async (entries) => (await send(entries)) ?? []);
  const failures = failed.flat().filter((failure) => !failure.SenderFault);
  if (failures.length > 0) throw new QueueError(operation, failures);
}
