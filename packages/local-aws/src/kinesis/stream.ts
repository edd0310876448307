import { createHash } from 'node:crypto';
import { invalidArgument } from './errors';
import { sequenceNumber } from './sequence-number';
import type { ShardLog } from './shard-log';

/** The stored part of a stream. */
export interface StreamSettings {
  readonly name: string;
  readonly shardCount: number;
  readonly mode: 'PROVISIONED' | 'ON_DEMAND';
  readonly retentionHours: number;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

/** A shard: the records whose hash key is in its range. */
export interface Shard {
  readonly id: string;
  readonly index: number;
  readonly firstHash: bigint;
  readonly lastHash: bigint;
  readonly log: ShardLog;
}

export interface Stream {
  readonly arn: string;
  readonly settings: StreamSettings;
  readonly shards: readonly Shard[];
}

const HASHES = 2n ** 128n;

export const shardId = (index: number): string => `shardId-${String(index).padStart(12, '0')}`;

/** The range of hash keys of a shard: equal parts. */
export function hashRange(index: number, count: number): { firstHash: bigint; lastHash: bigint } {
  const start = (i: number) => (HASHES * BigInt(i)) / BigInt(count);
  return { firstHash: start(index), lastHash: start(index + 1) - 1n };
}

/** https://docs.aws.amazon.com/streams/latest/dev/key-concepts.html#partition-key */
export function shardOf(stream: Stream, partitionKey: string, explicitHashKey?: string): Shard {
  const hash =
    explicitHashKey === undefined
      ? BigInt(`0x${createHash('md5').update(partitionKey).digest('hex')}`)
      : BigInt(explicitHashKey);
  const found = stream.shards.find(({ firstHash, lastHash }) => firstHash <= hash && hash <= lastHash);
  if (!found)
    throw invalidArgument(
      `Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was ${explicitHashKey}`,
    );
  return found;
}

/**
 * The position of a stream's first records. It grows with the creation time, so that a stream that is created again has
 * other sequence numbers.
 */
export const firstPosition = ({ createdAt }: StreamSettings): number => createdAt * 1000;

/** A shard as ListShards returns it. */
export const describeShard = ({ settings }: Stream, { id, index, firstHash, lastHash }: Shard) => ({
  ShardId: id,
  HashKeyRange: { StartingHashKey: String(firstHash), EndingHashKey: String(lastHash) },
  SequenceNumberRange: { StartingSequenceNumber: sequenceNumber(index, firstPosition(settings)) },
});
