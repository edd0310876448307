import { z } from 'zod';
import { operation } from '../../endpoint/json-protocol';
import { invalidArgument } from '../errors';
import type { NewRecord } from '../segment';
import { sequenceNumber } from '../sequence-number';
import type { KinesisStore } from '../store';
import { type Shard, type Stream, shardOf } from '../stream';
import { streamName, streamReference } from './streams';

const entrySchema = z.object({
  /** Base64. */
  Data: z.string(),
  PartitionKey: z.string().min(1).max(256),
  ExplicitHashKey: z.string().regex(/^\d+$/).optional(),
});
type Entry = z.infer<typeof entrySchema>;

const MAX_RECORD_BYTES = 1024 * 1024;
const MAX_REQUEST_BYTES = 10 * 1024 * 1024;

export const putRecord = operation({
  input: entrySchema.extend(streamReference),
  run(input, store: KinesisStore) {
    const [result] = put(store, store.stream(streamName(input)), [input]);
    return { ...result, EncryptionType: 'NONE' };
  },
});

/** All records are accepted, or the request fails. */
export const putRecords = operation({
  input: z.object({ ...streamReference, Records: z.array(entrySchema).min(1).max(500) }),
  run(input, store: KinesisStore) {
    const Records = put(store, store.stream(streamName(input)), input.Records);
    return { FailedRecordCount: 0, Records, EncryptionType: 'NONE' };
  },
});

/** Appends records to their shards, in order. @throws AwsError InvalidArgumentException for records that are too large */
function put(store: KinesisStore, stream: Stream, entries: readonly Entry[]) {
  const sizes = entries.map(
    ({ Data, PartitionKey }) => Buffer.byteLength(Data, 'base64') + PartitionKey.length,
  );
  if (sizes.some((size) => size > MAX_RECORD_BYTES)) {
    throw invalidArgument(`A record must be at most ${MAX_RECORD_BYTES} bytes long, with its partition key.`);
  }
  if (sizes.reduce((total, size) => total + size, 0) > MAX_REQUEST_BYTES) {
    throw invalidArgument(`Records size exceeds ${MAX_REQUEST_BYTES} bytes.`);
  }
  const arrivedAt = store.now();
  const byShard = new Map<Shard, { index: number; record: NewRecord }[]>();
  for (const [index, { Data, PartitionKey, ExplicitHashKey }] of entries.entries()) {
    const shard = shardOf(stream, PartitionKey, ExplicitHashKey);
    const records = byShard.get(shard) ?? [];
    records.push({ index, record: { arrivedAt, partitionKey: PartitionKey, data: Data } });
    byShard.set(shard, records);
  }
  const results: { ShardId: string; SequenceNumber: string }[] = [];
  for (const [shard, records] of byShard) {
    shard.log.trim(arrivedAt - stream.settings.retentionHours * 3_600_000);
    const first = shard.log.append(records.map(({ record }) => record));
    for (const [i, { index }] of records.entries()) {
      results[index] = { ShardId: shard.id, SequenceNumber: sequenceNumber(shard.index, first + i) };
    }
  }
  return results;
}
