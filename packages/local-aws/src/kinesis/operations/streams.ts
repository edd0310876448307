import { z } from 'zod';
import { operation } from '../../endpoint/json-protocol';
import { AwsError } from '../../endpoint/service';
import { invalidArgument } from '../errors';
import type { KinesisStore } from '../store';
import { describeShard, type Stream } from '../stream';

/** A stream by its name or ARN. */
export const streamReference = { StreamName: z.string().optional(), StreamARN: z.string().optional() };

/** The name in a reference. @throws AwsError InvalidArgumentException without one */
export function streamName({ StreamName, StreamARN }: { StreamName?: unknown; StreamARN?: unknown }): string {
  const name = StreamName ?? (StreamARN === undefined ? undefined : String(StreamARN).split(':stream/')[1]);
  if (typeof name !== 'string' || name === '')
    throw invalidArgument('Must specify either StreamName or StreamARN.');
  return name;
}

const ON_DEMAND_SHARDS = 4;
export const DEFAULT_RETENTION_HOURS = 24;
const PAGE = 1000;

/** The stream is active at once. */
export const createStream = operation({
  input: z.object({
    StreamName: z.string().regex(/^[a-zA-Z0-9_.-]{1,128}$/),
    ShardCount: z.number().int().min(1).max(500).optional(),
    StreamModeDetails: z.object({ StreamMode: z.enum(['PROVISIONED', 'ON_DEMAND']) }).optional(),
  }),
  run({ StreamName, ShardCount, StreamModeDetails }, store: KinesisStore) {
    if (store.find(StreamName)) {
      throw new AwsError(
        'ResourceInUseException',
        `Stream ${StreamName} under account ${store.account} already exists.`,
      );
    }
    const mode = StreamModeDetails?.StreamMode ?? 'PROVISIONED';
    store.put({
      name: StreamName,
      mode,
      shardCount: ShardCount ?? (mode === 'ON_DEMAND' ? ON_DEMAND_SHARDS : 1),
      retentionHours: DEFAULT_RETENTION_HOURS,
      createdAt: store.now(),
    });
    return {};
  },
});

export const deleteStream = operation({
  input: z.object(streamReference),
  run(input, store: KinesisStore) {
    store.delete(streamName(input));
    return {};
  },
});

/** Names in ascending order. */
export const listStreams = operation({
  input: z.object({
    Limit: z.number().int().min(1).max(10_000).default(100),
    ExclusiveStartStreamName: z.string().default(''),
  }),
  run({ Limit, ExclusiveStartStreamName }, store: KinesisStore) {
    const streams = store.all().filter(({ settings }) => settings.name > ExclusiveStartStreamName);
    const page = streams.slice(0, Limit);
    return {
      StreamNames: page.map(({ settings }) => settings.name),
      StreamSummaries: page.map((stream) => {
        const { StreamName, StreamARN, StreamStatus, StreamModeDetails, StreamCreationTimestamp } =
          common(stream);
        return { StreamName, StreamARN, StreamStatus, StreamModeDetails, StreamCreationTimestamp };
      }),
      HasMoreStreams: page.length < streams.length,
    };
  },
});

export const describeStream = operation({
  input: z.object(streamReference),
  run(input, store: KinesisStore) {
    const stream = store.stream(streamName(input));
    const Shards = stream.shards.map((shard) => describeShard(stream, shard));
    return { StreamDescription: { ...common(stream), Shards, HasMoreShards: false } };
  },
});

export const describeStreamSummary = operation({
  input: z.object(streamReference),
  run(input, store: KinesisStore) {
    const stream = store.stream(streamName(input));
    return {
      StreamDescriptionSummary: { ...common(stream), OpenShardCount: stream.shards.length, ConsumerCount: 0 },
    };
  },
});

/** The token holds the stream and the number of shards before the page. */
export const listShards = operation({
  input: z.object({
    ...streamReference,
    NextToken: z.string().optional(),
    ExclusiveStartShardId: z.string().default(''),
    MaxResults: z.number().int().min(1).max(10_000).default(PAGE),
  }),
  run(input, store: KinesisStore) {
    const [name, after] = input.NextToken?.split('/') ?? [streamName(input), input.ExclusiveStartShardId];
    const stream = store.stream(name ?? '');
    const shards = stream.shards.filter(({ id }) => id > (after ?? ''));
    const page = shards.slice(0, input.MaxResults);
    return {
      Shards: page.map((shard) => describeShard(stream, shard)),
      ...(page.length < shards.length && { NextToken: `${name}/${page.at(-1)?.id}` }),
    };
  },
});

const retention = { ...streamReference, RetentionPeriodHours: z.number().int().min(24).max(8760) };

export const setRetention = operation({
  input: z.object(retention),
  run(input, store: KinesisStore) {
    const { settings } = store.stream(streamName(input));
    store.put({ ...settings, retentionHours: input.RetentionPeriodHours });
    return {};
  },
});

function common({ arn, settings }: Stream) {
  return {
    StreamName: settings.name,
    StreamARN: arn,
    StreamStatus: 'ACTIVE',
    StreamModeDetails: { StreamMode: settings.mode },
    RetentionPeriodHours: settings.retentionHours,
    StreamCreationTimestamp: settings.createdAt / 1000,
    EnhancedMonitoring: [{ ShardLevelMetrics: [] }],
    EncryptionType: 'NONE',
  };
}
