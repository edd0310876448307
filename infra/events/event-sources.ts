import { Duration } from 'aws-cdk-lib';
import type { Stream } from 'aws-cdk-lib/aws-kinesis';
import {
  type CfnEventSourceMapping,
  EventSourceMapping,
  type Function as LambdaFunction,
  SourceAccessConfigurationType,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { ResourceNames } from '../../domain/names';
import { awaitRights } from '../service-role';
import type { KafkaOptions } from './event-options';

/** The most of a standard queue, a stream and a topic; Lambda passes at most 6 MB at once. */
const BATCH_SIZE = 10_000;

/**
 * Batches of the queue at a time, the least that Lambda allows. Each can be a file per window, so more would be more files; two
 * pass 12 MB per second or two.
 */
const QUEUE_CONCURRENCY = 2;

/** Attempts at a batch of a stream. Ingest isolates bad records itself, so a batch fails only with S3 or SQS. */
const STREAM_RETRIES = 20;

interface SourceProps {
  readonly ingest: LambdaFunction;
  readonly windowSeconds: number;
  readonly deadLetterQueue: Queue;
}

export function queueSource(
  scope: Construct,
  queue: Queue,
  { ingest, windowSeconds }: SourceProps,
): EventSourceMapping {
  return define(scope, 'QueueSource', ingest, {
    eventSourceArn: queue.queueArn,
    batchSize: BATCH_SIZE,
    maxBatchingWindow: Duration.seconds(windowSeconds),
    maxConcurrency: QUEUE_CONCURRENCY,
    reportBatchItemFailures: true,
  });
}

export function streamSource(
  scope: Construct,
  stream: Stream,
  { ingest, windowSeconds, deadLetterQueue }: SourceProps,
): EventSourceMapping {
  return define(scope, 'StreamSource', ingest, {
    eventSourceArn: stream.streamArn,
    batchSize: BATCH_SIZE,
    maxBatchingWindow: Duration.seconds(windowSeconds),
    startingPosition: StartingPosition.TRIM_HORIZON,
    reportBatchItemFailures: true,
    bisectBatchOnError: true,
    retryAttempts: STREAM_RETRIES,
    // Not SqsDlq, which also allows reading the attributes of the queue.
    onFailure: { bind: () => ({ destination: deadLetterQueue.queueArn }) },
  });
}

/** One for each topic: Lambda allows one topic in a mapping. */
export function kafkaSources(
  scope: Construct,
  names: ResourceNames,
  { bootstrap, topics, secretArn, authentication, subnetIds, securityGroupId }: KafkaOptions,
  { ingest, windowSeconds }: SourceProps,
): EventSourceMapping[] {
  const sourceAccessConfigurations = [
    ...(secretArn ? [{ type: SourceAccessConfigurationType.of(authentication), uri: secretArn }] : []),
    ...subnetIds.map((subnet) => ({
      type: SourceAccessConfigurationType.VPC_SUBNET,
      uri: `subnet:${subnet}`,
    })),
    ...(securityGroupId
      ? [
          {
            type: SourceAccessConfigurationType.VPC_SECURITY_GROUP,
            uri: `security_group:${securityGroupId}`,
          },
        ]
      : []),
  ];
  return topics.map((topic) =>
    define(scope, `Topic-${topic}`, ingest, {
      kafkaBootstrapServers: [...bootstrap],
      kafkaTopic: topic,
      // Lambda wants a group of its own for each mapping.
      kafkaConsumerGroupId: `${names.kafkaConsumerGroup}-${topic}`,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: BATCH_SIZE,
      maxBatchingWindow: Duration.seconds(windowSeconds),
      ...(sourceAccessConfigurations.length > 0 && { sourceAccessConfigurations }),
    }),
  );
}

type MappingOptions = Omit<ConstructorParameters<typeof EventSourceMapping>[2], 'target'>;

function define(
  scope: Construct,
  id: string,
  ingest: LambdaFunction,
  options: MappingOptions,
): EventSourceMapping {
  const mapping = new EventSourceMapping(scope, id, { target: ingest, ...options });
  // Lambda checks the rights of the function at the creation of a mapping.
  if (ingest.role) awaitRights(mapping.node.defaultChild as CfnEventSourceMapping, ingest.role);
  return mapping;
}
