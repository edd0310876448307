import { z } from 'zod';
import { operation } from '../../endpoint/json-protocol';
import { AwsError } from '../../endpoint/service';
import { invalidArgument } from '../errors';
import { positionOf, sequenceNumber } from '../sequence-number';
import { assertFresh, readIterator, writeIterator } from '../shard-iterator';
import type { KinesisStore } from '../store';
import type { Shard } from '../stream';
import { streamName, streamReference } from './streams';

const MAX_BYTES = 10 * 1024 * 1024;

const iteratorSchema = z.object({
  ...streamReference,
  ShardId: z.string(),
  ShardIteratorType: z.enum([
    'AT_SEQUENCE_NUMBER',
    'AFTER_SEQUENCE_NUMBER',
    'TRIM_HORIZON',
    'LATEST',
    'AT_TIMESTAMP',
  ]),
  StartingSequenceNumber: z.string().optional(),
  /** Seconds since the epoch. */
  Timestamp: z.number().optional(),
});

export const getShardIterator = operation({
  input: iteratorSchema,
  run(input, store: KinesisStore) {
    const name = streamName(input);
    const shard = store.stream(name).shards.find(({ id }) => id === input.ShardId);
    if (!shard) {
      throw new AwsError(
        'ResourceNotFoundException',
        `Shard ${input.ShardId} in stream ${name} under account ${store.account} does not exist`,
      );
    }
    const position = startOf(shard, input);
    return {
      ShardIterator: writeIterator({ stream: name, shard: shard.index, position, issuedAt: store.now() }),
    };
  },
});

function startOf({ log, index }: Shard, input: z.infer<typeof iteratorSchema>): number {
  const { ShardIteratorType: type, StartingSequenceNumber = '', Timestamp } = input;
  if (type === 'TRIM_HORIZON') return log.first;
  if (type === 'LATEST') return log.next;
  if (type === 'AT_TIMESTAMP') {
    if (Timestamp === undefined) throw invalidArgument('Must specify timestamp when using AT_TIMESTAMP.');
    return log.positionAt(Timestamp * 1000);
  }
  const position = positionOf(StartingSequenceNumber, index);
  if (position === undefined) {
    throw invalidArgument(
      `StartingSequenceNumber ${StartingSequenceNumber} used in GetShardIterator on shard ${input.ShardId} is invalid.`,
    );
  }
  return type === 'AT_SEQUENCE_NUMBER' ? position : position + 1;
}

export const getRecords = operation({
  input: z.object({ ShardIterator: z.string(), Limit: z.number().int().min(1).max(10_000).default(10_000) }),
  run({ ShardIterator, Limit }, store: KinesisStore) {
    const iterator = readIterator(ShardIterator);
    const now = store.now();
    assertFresh(iterator, now);
    const { log, index } = store.stream(iterator.stream).shards[iterator.shard] as Shard;
    const records = log.read(iterator.position, Limit, MAX_BYTES);
    const position = (records.at(-1)?.position ?? iterator.position - 1) + 1;
    const last = records.at(-1);
    return {
      Records: records.map((record) => ({
        SequenceNumber: sequenceNumber(index, record.position),
        ApproximateArrivalTimestamp: record.arrivedAt / 1000,
        Data: record.data,
        PartitionKey: record.partitionKey,
        EncryptionType: 'NONE',
      })),
      NextShardIterator: writeIterator({ ...iterator, position, issuedAt: now }),
      MillisBehindLatest: last && position < log.next ? now - last.arrivedAt : 0,
    };
  },
});
