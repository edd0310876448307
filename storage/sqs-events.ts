import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { backOff } from './back-off';
import { type EventSink, messagesOf, NotStoredError, requestsOf } from './event-sink';
import { inParallel } from './parallel';

/** SQS bills every 64 KiB of a request as a request, so a message with many events costs as much as one with one. */
const MESSAGE_BYTES = 64 * 1024;
/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html */
const REQUEST = { maxMessages: 10, maxBytes: 1024 * 1024 };
const PARALLEL_REQUESTS = 4;
/** Attempts at messages that SQS refused one by one; the client itself repeats requests that failed as a whole. */
const ATTEMPTS = 3;
const PAUSE = { firstMs: 50, maxMs: 500 };

/** @param deadlineMs after which `store` gives up */
export function sqsEvents(client: SQSClient, queueUrl: string, deadlineMs: number): EventSink {
  async function send(messages: readonly string[], abortSignal: AbortSignal): Promise<void> {
    let left = messages.map((MessageBody, at) => ({ Id: `${at}`, MessageBody }));
    for (let failed = 0; ; failed += 1) {
      const command = new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: left });
      const { Failed = [] } = await client.send(command, { abortSignal });
      const [first] = Failed;
      if (!first) return;
      const ids = new Set(Failed.map(({ Id }) => Id));
      left = left.filter(({ Id }) => ids.has(Id));
      if (failed + 1 >= ATTEMPTS || Failed.some(({ SenderFault }) => SenderFault)) {
        throw new NotStoredError('SQS', left.length, `${first.Code}: ${first.Message}`);
      }
      await backOff(failed, PAUSE);
    }
  }
  return {
    async store(lines) {
      const abortSignal = AbortSignal.timeout(deadlineMs);
      const requests = requestsOf(messagesOf(lines, MESSAGE_BYTES), REQUEST);
      await inParallel(PARALLEL_REQUESTS, requests, (messages) => send(messages, abortSignal));
    },
  };
}
