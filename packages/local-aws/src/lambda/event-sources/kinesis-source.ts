import { setTimeout as sleep } from 'node:timers/promises';
import type { StoredRecord } from '../../kinesis/segment';
import { sequenceNumber } from '../../kinesis/sequence-number';
import type { KinesisService } from '../../kinesis/service';
import type { Shard, Stream } from '../../kinesis/stream';
import { invalidMapping } from './invalid-mapping';
import { kinesisBatchInfo, kinesisEvent } from './kinesis-event';
import { assertStartingTime, type EventSourceMapping, MAX_PAYLOAD_BYTES } from './mapping';
import type { MappingStore } from './mapping-store';
import { deliverInOrder } from './ordered-delivery';
import { type EventSource, FAULT_PAUSE_MS, RoleCalls, type SourceServices } from './source';
import { StreamBatches } from './stream-batches';

const BATCH_SIZE = 100;
const POLL_MS = 1000;
/** Space of a record in the event, besides its data and key. */
const RECORD_BYTES = 512;

/**
 * A stream as the source of a function. Each shard has one batch at a time, in order; the position after the last processed
 * record of each is stored.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html
 */
export class KinesisSource implements EventSource {
  private readonly calls: RoleCalls;
  private readonly batches: StreamBatches;
  private readonly streamArn: string;

  constructor(
    private readonly mapping: EventSourceMapping,
    private readonly kinesis: Pick<KinesisService, 'find'>,
    private readonly positions: Pick<MappingStore, 'position' | 'setPosition'>,
    private readonly services: SourceServices,
  ) {
    this.streamArn = mapping.settings.EventSourceArn ?? '';
    this.calls = new RoleCalls(services, mapping.functionArn);
    this.batches = new StreamBatches(mapping, this.calls, services);
  }

  check(): void {
    const { settings } = this.mapping;
    this.stream();
    if (settings.StartingPosition === undefined) {
      throw invalidMapping('1 validation error detected: StartingPosition is required for a stream.');
    }
    assertStartingTime(settings);
    const needed = ['GetRecords', 'GetShardIterator', 'DescribeStream', 'ListShards'];
    this.calls.assertMay(
      needed.map((name) => `kinesis:${name}`),
      this.streamArn,
      'the stream',
    );
    this.batches.check();
  }

  get lastResult(): string | undefined {
    return this.batches.lastResult;
  }

  get isBusy(): boolean {
    const { shards = [] } = this.kinesis.find(this.streamArn) ?? {};
    const { uuid } = this.mapping;
    return shards.some(({ id, log }) => (this.positions.position(uuid, id) ?? log.next) < log.next);
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const { shards } = this.stream();
        await Promise.all(shards.map((shard) => this.consume(shard, signal)));
      } catch (error) {
        this.services.log(`event source ${this.streamArn.split(':').at(-1)}: ${error}`);
        await sleep(FAULT_PAUSE_MS, undefined, { signal }).catch(() => {});
      }
    }
  }

  private stream(): Stream {
    const stream = this.kinesis.find(this.streamArn);
    if (stream) return stream;
    throw invalidMapping(`Stream not found: ${this.streamArn}.`);
  }

  private async consume(shard: Shard, signal: AbortSignal): Promise<void> {
    const { streamArn, services, calls } = this;
    const consumer = { streamArn, region: services.region, roleArn: calls.roleArn };
    while (!signal.aborted) {
      const records = await this.nextBatch(shard, signal);
      if (records.length === 0) continue;
      const handler = this.batches.handler<StoredRecord>({
        part: shard.id,
        eventOf: (items) => kinesisEvent(items, shard, consumer),
        batchInfoOf: (items) => kinesisBatchInfo(items, shard, streamArn),
        identifierOf: ({ position }) => sequenceNumber(shard.index, position),
        arrivedAt: ({ arrivedAt }) => arrivedAt,
        checkpoint: (items) => this.setPosition(shard, (items.at(-1)?.position ?? 0) + 1),
      });
      await deliverInOrder(records, this.batches.policy, handler, signal);
    }
  }

  /** A batch ends with its size, its bytes or its window. Empty if no record came for a while. */
  private async nextBatch({ log, ...shard }: Shard, signal: AbortSignal): Promise<StoredRecord[]> {
    const { BatchSize = BATCH_SIZE, MaximumBatchingWindowInSeconds = 0 } = this.mapping.settings;
    const from = this.positionIn({ log, ...shard });
    if (log.next <= from) await log.arrival(POLL_MS, signal);
    if (log.next <= from) return [];
    const end = performance.now() + 1000 * MaximumBatchingWindowInSeconds;
    while (log.next - from < BatchSize && !signal.aborted) {
      const left = end - performance.now();
      if (left <= 0) break;
      await log.arrival(left, signal);
    }
    if (signal.aborted) return [];
    const access = { action: 'kinesis:GetRecords', resource: this.streamArn };
    return this.calls.run('GetRecords', access, () =>
      log.read(from, BatchSize, MAX_PAYLOAD_BYTES, RECORD_BYTES),
    );
  }

  /** The position of the next record; the starting position is stored when it is first asked for. */
  private positionIn(shard: Shard): number {
    const { uuid } = this.mapping;
    const stored = this.positions.position(uuid, shard.id);
    if (stored !== undefined) return Math.max(stored, shard.log.first);
    return this.setPosition(shard, this.startIn(shard));
  }

  private startIn({ log }: Shard): number {
    const { StartingPosition, StartingPositionTimestamp = 0 } = this.mapping.settings;
    if (StartingPosition === 'LATEST') return log.next;
    return StartingPosition === 'AT_TIMESTAMP' ? log.positionAt(1000 * StartingPositionTimestamp) : log.first;
  }

  private setPosition(shard: Shard, position: number): number {
    this.positions.setPosition(this.mapping.uuid, shard.id, position);
    return position;
  }
}
