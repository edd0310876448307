import { setTimeout as sleep } from 'node:timers/promises';
import { type Admin, type Consumer, type EachBatchPayload, Kafka, logLevel } from 'kafkajs';
import type { SecretsService } from '../../secretsmanager/service';
import { invalidMapping } from './invalid-mapping';
import { assertSecrets, kafkaAccess } from './kafka-access';
import { type KafkaRecord, kafkaBatchInfo, kafkaEvent, partitionName } from './kafka-event';
import { assertStartingTime, type EventSourceMapping, MAX_PAYLOAD_BYTES } from './mapping';
import { deliverInOrder } from './ordered-delivery';
import { type EventSource, FAULT_PAUSE_MS, RoleCalls, type SourceServices } from './source';
import { StreamBatches } from './stream-batches';

const BATCH_SIZE = 100;
const WINDOW_MS = 500;
/** A broker holds a request for records so long, and a stop waits for its answer. */
const MAX_WINDOW_MS = 1000;
/** A broker answers before the end of the window with so many bytes. */
const WINDOW_BYTES = 1024 * 1024;
const CONCURRENT_PARTITIONS = 5;
const HEARTBEAT_MS = 3000;
/** After a kill, the group waits so long for the consumer that is gone. */
const SESSION_MS = 10_000;
/** Space of a record in the event, besides its key and value. */
const RECORD_BYTES = 256;

/**
 * A topic of a Kafka cluster as the source of a function, read by a consumer group. Each partition has one batch at a time, in
 * order; its offset is committed after the batch was processed, so that a record is delivered at least once.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-kafka.html
 */
export class KafkaSource implements EventSource {
  private readonly calls: RoleCalls;
  private readonly batches: StreamBatches;
  private running = 0;
  private fault: string | undefined;

  constructor(
    private readonly mapping: EventSourceMapping,
    private readonly secrets: Pick<SecretsService, 'find'>,
    private readonly services: SourceServices,
  ) {
    this.calls = new RoleCalls(services, mapping.functionArn);
    this.batches = new StreamBatches(mapping, this.calls, services);
  }

  check(): void {
    const { settings } = this.mapping;
    if (settings.Topics === undefined) throw invalidMapping('Topics is required for a Kafka cluster.');
    if (settings.StartingPosition === undefined) {
      throw invalidMapping('StartingPosition is required for a Kafka cluster.');
    }
    assertStartingTime(settings);
    assertSecrets(settings, this.calls);
    kafkaAccess(settings, this.secrets);
    this.batches.check();
  }

  get lastResult(): string | undefined {
    return this.fault ?? this.batches.lastResult;
  }

  /** Unlike other sources, it does not know of records that the cluster holds. */
  get isBusy(): boolean {
    return this.running > 0;
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.consume(signal);
      } catch (error) {
        const fault = `PROBLEM: ${error instanceof Error ? error.message : error}`;
        if (fault !== this.fault) this.services.log(`event source ${this.topics.join()}: ${fault}`);
        this.fault = fault;
        await sleep(FAULT_PAUSE_MS, undefined, { signal }).catch(() => {});
      }
    }
  }

  private get topics(): string[] {
    return [...(this.mapping.settings.Topics ?? [])];
  }

  private get groupId(): string {
    return this.mapping.settings.SelfManagedKafkaEventSourceConfig?.ConsumerGroupId ?? this.mapping.uuid;
  }

  /** Consumes until the signal is aborted. @throws if the cluster cannot be reached, or the consumer fails */
  private async consume(signal: AbortSignal): Promise<void> {
    const { settings, functionArn } = this.mapping;
    const { MaximumBatchingWindowInSeconds: seconds } = settings;
    const windowMs = seconds === undefined ? WINDOW_MS : Math.min(1000 * seconds, MAX_WINDOW_MS);
    const kafka = new Kafka({
      clientId: 'lambda',
      ...kafkaAccess(settings, this.secrets),
      logLevel: logLevel.NOTHING,
      retry: { retries: 2 },
    });
    await this.commitStart(kafka.admin());
    const consumer = kafka.consumer({
      groupId: this.groupId,
      allowAutoTopicCreation: false,
      maxWaitTimeInMs: Math.max(windowMs, 100),
      minBytes: windowMs > 0 ? WINDOW_BYTES : 1,
      heartbeatInterval: HEARTBEAT_MS,
      sessionTimeout: SESSION_MS,
      retry: { retries: 2, restartOnFailure: async () => false },
    });
    const crashed = new Promise<never>((_, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
    });
    crashed.catch(() => {});
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: this.topics, fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: Math.min(
          CONCURRENT_PARTITIONS,
          Math.max(1, this.services.functions.concurrency(functionArn)),
        ),
        eachBatch: (payload) => this.process(payload, consumer, signal),
      });
      this.fault = undefined;
      await Promise.race([aborted(signal), crashed]);
    } finally {
      await consumer.disconnect().catch(() => {});
    }
  }

  /** Commits the starting position of a group that has none, so that a restart before the first batch loses nothing. */
  private async commitStart(admin: Admin): Promise<void> {
    const { StartingPosition, StartingPositionTimestamp = 0 } = this.mapping.settings;
    if (StartingPosition === 'TRIM_HORIZON') return;
    try {
      await admin.connect();
      const committed = await admin.fetchOffsets({ groupId: this.groupId, topics: this.topics });
      for (const { topic, partitions } of committed) {
        const missing = new Set(
          partitions.filter(({ offset }) => offset === '-1').map((one) => one.partition),
        );
        if (missing.size === 0) continue;
        const found =
          StartingPosition === 'LATEST'
            ? await admin.fetchTopicOffsets(topic)
            : await admin.fetchTopicOffsetsByTimestamp(topic, 1000 * StartingPositionTimestamp);
        const start = found.filter(({ partition }) => missing.has(partition));
        await admin.setOffsets({
          groupId: this.groupId,
          topic,
          partitions: start.map(({ partition, offset }) => ({ partition, offset })),
        });
      }
    } finally {
      await admin.disconnect().catch(() => {});
    }
  }

  private async process(
    { batch, resolveOffset, heartbeat, isRunning, isStale }: EachBatchPayload,
    consumer: Consumer,
    signal: AbortSignal,
  ): Promise<void> {
    const { topic, partition } = batch;
    const servers = (
      this.mapping.settings.SelfManagedEventSource?.Endpoints.KAFKA_BOOTSTRAP_SERVERS ?? []
    ).join();
    const handler = this.batches.handler<KafkaRecord>({
      part: partitionName(batch),
      eventOf: (items) => kafkaEvent(items, servers),
      batchInfoOf: (items, event) => kafkaBatchInfo(items, servers, Buffer.byteLength(event)),
      identifierOf: (item) => `${partitionName(item)}-${item.offset}`,
      arrivedAt: ({ timestamp }) => Number(timestamp),
      checkpoint: async (items) => {
        const { offset = '0' } = items.at(-1) ?? {};
        resolveOffset(offset);
        await consumer.commitOffsets([{ topic, partition, offset: String(BigInt(offset) + 1n) }]);
      },
    });
    // An invocation can take longer than the session of the consumer.
    const beat = setInterval(() => void heartbeat().catch(() => {}), HEARTBEAT_MS);
    this.running++;
    try {
      const records = batch.messages.map((message) => recordOf(topic, partition, message));
      for (const items of this.split(records)) {
        if (!isRunning() || isStale() || signal.aborted) return;
        await deliverInOrder(items, this.batches.policy, handler, signal);
      }
    } finally {
      this.running--;
      clearInterval(beat);
    }
  }

  private split(records: readonly KafkaRecord[]): KafkaRecord[][] {
    const { BatchSize = BATCH_SIZE } = this.mapping.settings;
    const batches: KafkaRecord[][] = [];
    let bytes = Number.POSITIVE_INFINITY;
    for (const record of records) {
      const size = ((record.key?.length ?? 0) + (record.value?.length ?? 0)) * (4 / 3) + RECORD_BYTES;
      if (bytes + size > MAX_PAYLOAD_BYTES || (batches.at(-1)?.length ?? 0) >= BatchSize) {
        batches.push([]);
        bytes = 0;
      }
      batches.at(-1)?.push(record);
      bytes += size;
    }
    return batches;
  }
}

type Message = EachBatchPayload['batch']['messages'][number] & {
  /** Not in the types of kafkajs; 1 for the time at which the broker appended the record. */
  readonly batchContext?: { readonly timestampType?: number };
};

function recordOf(topic: string, partition: number, message: Message): KafkaRecord {
  const { offset, timestamp, key, value, headers = {}, batchContext } = message;
  const isLogAppendTime = batchContext?.timestampType === 1;
  return { topic, partition, offset, timestamp, isLogAppendTime, key, value, headers };
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
