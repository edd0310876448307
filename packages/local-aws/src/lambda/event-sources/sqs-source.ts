import { setTimeout as sleep } from 'node:timers/promises';
import type { QueueConsumer } from '../../sqs/consumer';
import type { ReceivedMessage } from '../../sqs/operations/receive-message';
import { failedItems } from './batch-response';
import { invalidMapping } from './invalid-mapping';
import { type EventSourceMapping, MAX_PAYLOAD_BYTES, reportsFailures } from './mapping';
import { type EventSource, FAULT_PAUSE_MS, RoleCalls, type SourceServices } from './source';
import { sqsEvent } from './sqs-event';

/** Messages per ReceiveMessage. */
const MAX_RECEIVED = 10;
/** Concurrent batches with which Lambda starts; it does not grow here. */
const CONCURRENCY = 5;
/** Limits a wait, because the clock of the queues can be advanced. */
const POLL_MS = 1000;
/** Space of a message in the event, besides its body. */
const RECORD_BYTES = 1024;

/**
 * A queue as the source of a function: messages are deleted after they were processed; the others become visible again
 * after the visibility timeout of the queue, or go to its dead-letter queue.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 */
export class SqsSource implements EventSource {
  lastResult: string | undefined;
  private readonly calls: RoleCalls;
  private readonly queueArn: string;
  /** Messages received and not processed yet. */
  private pending = 0;

  constructor(
    private readonly mapping: EventSourceMapping,
    private readonly consumer: QueueConsumer,
    private readonly services: SourceServices,
  ) {
    this.queueArn = mapping.settings.EventSourceArn ?? '';
    this.calls = new RoleCalls(services, mapping.functionArn);
  }

  check(): void {
    const { functionArn } = this.mapping;
    const { batchSize, windowMs } = this;
    if (batchSize > MAX_RECEIVED && windowMs === 0) {
      throw invalidMapping(
        'Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10.',
      );
    }
    const { timeoutSeconds } = this.services.functions.config(functionArn);
    const { visibilityTimeoutSeconds } = this.consumer;
    if (visibilityTimeoutSeconds < timeoutSeconds) {
      throw invalidMapping(
        `Queue visibility timeout: ${visibilityTimeoutSeconds} seconds is less than Function timeout: ${timeoutSeconds} seconds.`,
      );
    }
    const needed = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
    this.calls.assertMay(needed, this.queueArn, 'SQS');
  }

  get isBusy(): boolean {
    return this.pending > 0 || this.consumer.hasMessages();
  }

  async run(signal: AbortSignal): Promise<void> {
    const running = new Set<Promise<void>>();
    while (!signal.aborted) {
      try {
        const messages = await this.nextBatch(signal);
        if (messages.length === 0) continue;
        const delivery = this.deliver(messages, signal).finally(() => running.delete(delivery));
        running.add(delivery);
        if (running.size >= this.concurrency) await Promise.race(running);
      } catch (error) {
        this.log(String(error));
        await sleep(FAULT_PAUSE_MS, undefined, { signal }).catch(() => {});
      }
    }
    await Promise.all(running);
  }

  private get batchSize(): number {
    return this.mapping.settings.BatchSize ?? 10;
  }

  private get windowMs(): number {
    return 1000 * (this.mapping.settings.MaximumBatchingWindowInSeconds ?? 0);
  }

  private get concurrency(): number {
    const limit = this.mapping.settings.ScalingConfig?.MaximumConcurrency ?? CONCURRENCY;
    return Math.max(1, Math.min(limit, this.services.functions.concurrency(this.mapping.functionArn)));
  }

  /** A batch ends with its size, its bytes or its window. Empty if no message came for a while. */
  private async nextBatch(signal: AbortSignal): Promise<ReceivedMessage[]> {
    const messages: ReceivedMessage[] = [];
    let bytes = 0;
    let end = performance.now() + POLL_MS;
    while (messages.length < this.batchSize) {
      const received = await this.receive(this.batchSize - messages.length, MAX_PAYLOAD_BYTES - bytes).catch(
        (error) => {
          if (messages.length === 0) throw error;
          this.log(String(error));
          return [];
        },
      );
      if (messages.length === 0 && received.length > 0) end = performance.now() + this.windowMs;
      messages.push(...received);
      bytes += received.reduce((total, { Body }) => total + Buffer.byteLength(Body) + RECORD_BYTES, 0);
      const left = end - performance.now();
      if (left <= 0 || signal.aborted) break;
      if (received.length > 0) continue;
      if (messages.length > 0 && this.consumer.hasMessages()) break;
      await this.consumer.arrival(Math.min(left, POLL_MS), signal);
    }
    return messages;
  }

  private async receive(max: number, maxBytes: number): Promise<ReceivedMessage[]> {
    if (!this.consumer.hasMessages()) return [];
    const access = { action: 'sqs:ReceiveMessage', resource: this.queueArn };
    const receive = () => {
      const messages = this.consumer.receive(Math.min(max, MAX_RECEIVED), maxBytes);
      this.pending += messages.length;
      return messages;
    };
    return this.calls.run('ReceiveMessage', access, receive);
  }

  private async deliver(messages: readonly ReceivedMessage[], signal: AbortSignal): Promise<void> {
    const { functionArn, settings } = this.mapping;
    try {
      const event = sqsEvent(messages, this.queueArn, this.services.region);
      const result = await this.services.functions.invokeForSource(functionArn, JSON.stringify(event));
      const indexes = new Map(messages.map(({ MessageId }, index) => [MessageId, index]));
      const failed = failedItems(result, reportsFailures(settings), (id) => indexes.get(String(id)) ?? -1);
      const failedIndexes = new Set(failed === 'all' ? messages.keys() : failed);
      const hasFailed = (_: ReceivedMessage, index: number) => failedIndexes.has(index);
      this.lastResult = failed.length === 0 ? 'OK' : 'PROBLEM: Function call failed';
      await this.delete(messages.filter((message, index) => !hasFailed(message, index)));
      if (signal.aborted) this.release(messages.filter(hasFailed));
    } catch (error) {
      this.lastResult = `PROBLEM: ${error}`;
      if (signal.aborted) this.release(messages);
      else this.log(String(error));
    } finally {
      this.pending -= messages.length;
    }
  }

  private async delete(messages: readonly ReceivedMessage[]): Promise<void> {
    if (messages.length === 0) return;
    const access = { action: 'sqs:DeleteMessage', resource: this.queueArn };
    await this.calls.run('DeleteMessageBatch', access, () =>
      this.consumer.delete(messages.map(({ ReceiptHandle }) => ReceiptHandle)),
    );
  }

  /** An invocation that a stop has interrupted is repeated at the next start, without the visibility timeout. */
  private release(messages: readonly ReceivedMessage[]): void {
    this.consumer.release(messages.map(({ ReceiptHandle }) => ReceiptHandle));
  }

  private log(fault: string): void {
    this.services.log(`event source ${this.queueArn.split(':').at(-1)}: ${fault}`);
  }
}
