import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { Stream, StreamEncryption } from 'aws-cdk-lib/aws-kinesis';
import {
  ApplicationLogLevel,
  type CfnFunction,
  type Function as LambdaFunction,
  LoggingFormat,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { MAX_RECEIVES } from '../../domain/ledger';
import type { ResourceNames } from '../../domain/names';
import { EVENTS } from '../../domain/object-keys';
import { allowNetwork, type FunctionNetwork } from '../function-network';
import { grantObjects } from '../grants';
import { lambdaFunction } from '../lambda-function';
import { awaitRights } from '../service-role';
import { COLLECT_STORE_DEADLINE, COLLECT_TIMEOUT, eventVisibility, INGEST_TIMEOUT } from '../timeouts';
import { type Warehouse, warehouseVariables } from '../warehouse/warehouse';
import { CollectApi } from './collect-api';
import type { EventOptions } from './event-options';
import { kafkaSources, queueSource, streamSource } from './event-sources';

interface EventsProps {
  readonly names: ResourceNames;
  readonly bucket: Bucket;
  readonly options: EventOptions;
  /** Ingest also writes events there. */
  readonly warehouse?: Warehouse | undefined;
  /** The key of pseudonyms, if a contract pseudonymizes. */
  readonly pseudonymKey?: ISecret | undefined;
  readonly reportingTimeZone: string;
  readonly currency?: string | undefined;
}

const KEY_CHARACTERS = 40;
/** The name of the key that a new deployment has. */
const FIRST_KEY = 'web';

/**
 * The entry points for events: the HTTP API with collect, the queue that collect and other producers send to, the stream and the
 * topics where they are wanted, and ingest, which writes what arrives to `input/events/` and to the warehouse.
 */
export class Events extends Construct {
  readonly queue: Queue;
  readonly deadLetterQueue: Queue;
  readonly stream: Stream | undefined;
  readonly collect: LambdaFunction;
  readonly ingest: LambdaFunction;
  readonly api: CollectApi;
  /** JSON: the API keys by name. */
  readonly keys: Secret;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: EventsProps,
  ) {
    super(scope, id);
    const { names, options } = props;
    const { windowSeconds } = options;
    this.deadLetterQueue = new Queue(this, 'DeadLetters', {
      queueName: names.eventDeadLetterQueue,
      retentionPeriod: Duration.days(14),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
    });
    this.queue = new Queue(this, 'Queue', {
      queueName: names.eventQueue,
      visibilityTimeout: eventVisibility(windowSeconds),
      retentionPeriod: Duration.days(14),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: MAX_RECEIVES },
    });
    this.stream = options.stream
      ? new Stream(this, 'Stream', {
          streamName: names.eventStream,
          shardCount: 1,
          encryption: StreamEncryption.MANAGED,
          // What it holds is on its way; the bucket keeps it.
          removalPolicy: RemovalPolicy.DESTROY,
        })
      : undefined;
    this.keys = new Secret(this, 'Keys', {
      description: 'Daybook: the keys of the HTTP API for events, as JSON by name',
      generateSecretString: {
        secretStringTemplate: '{}',
        generateStringKey: FIRST_KEY,
        passwordLength: KEY_CHARACTERS,
        excludePunctuation: true,
      },
    });
    Validations.of(this.keys).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'Web pages and producers carry the keys, so only whoever changes them can change the secret. Several keys are valid at a time.',
    });

    this.collect = this.defineCollect();
    this.ingest = this.defineIngest();
    this.api = new CollectApi(this, 'Http', { names, collect: this.collect, ...options });
    const sources = { ingest: this.ingest, windowSeconds, deadLetterQueue: this.deadLetterQueue };
    queueSource(this, this.queue, sources);
    if (this.stream) streamSource(this, this.stream, sources);
    if (options.kafka) kafkaSources(this, names, options.kafka, sources);
  }

  private defineCollect(): LambdaFunction {
    const collect = this.define('collect', this.props.names.collect, COLLECT_TIMEOUT, {
      API_KEYS_SECRET_ARN: this.keys.secretArn,
      STORE_DEADLINE_MS: String(COLLECT_STORE_DEADLINE.toMilliseconds()),
      ...(this.stream
        ? { EVENT_STREAM_NAME: this.stream.streamName }
        : { EVENT_QUEUE_URL: this.queue.queueUrl }),
    });
    allow(collect, ['secretsmanager:GetSecretValue'], this.keys.secretArn);
    if (this.stream) allow(collect, ['kinesis:PutRecords'], this.stream.streamArn);
    else allow(collect, ['sqs:SendMessage'], this.queue.queueArn);
    return collect;
  }

  private defineIngest(): LambdaFunction {
    const { names, bucket, options, pseudonymKey, reportingTimeZone, currency } = this.props;
    // Redshift has them from the load alone: a few rows at a time cost it as much as many.
    const warehouse = this.props.warehouse?.copyRole ? undefined : this.props.warehouse;
    const ingest = this.define(
      'ingest',
      names.ingest,
      INGEST_TIMEOUT,
      {
        BUCKET_NAME: bucket.bucketName,
        EVENT_DEAD_LETTER_QUEUE_URL: this.deadLetterQueue.queueUrl,
        ...(warehouse && {
          ...warehouseVariables(warehouse),
          REPORTING_TIME_ZONE: reportingTimeZone,
          ...(currency !== undefined && { CURRENCY: currency }),
          ...(pseudonymKey && { PSEUDONYM_SECRET_ARN: pseudonymKey.secretArn }),
        }),
      },
      warehouse?.network,
    );
    for (const secret of warehouse ? [warehouse.secret, pseudonymKey] : [])
      if (secret) allow(ingest, ['secretsmanager:GetSecretValue'], secret.secretArn);
    if (ingest.role) grantObjects(bucket, ingest.role, { write: [EVENTS] });
    allow(ingest, ['sqs:SendMessage'], this.deadLetterQueue.queueArn);
    allow(ingest, ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], this.queue.queueArn);
    if (this.stream) {
      allow(
        ingest,
        [
          'kinesis:DescribeStream',
          'kinesis:DescribeStreamSummary',
          'kinesis:GetRecords',
          'kinesis:GetShardIterator',
          'kinesis:ListShards',
        ],
        this.stream.streamArn,
      );
    }
    const { secretArn, subnetIds = [] } = options.kafka ?? {};
    if (secretArn) allow(ingest, ['secretsmanager:GetSecretValue'], secretArn);
    if (subnetIds.length > 0 || warehouse?.network) allowNetwork(ingest.role as Role);
    if (warehouse?.network) awaitRights(ingest.node.defaultChild as CfnFunction, ingest.role as Role);
    return ingest;
  }

  private define(
    name: 'collect' | 'ingest',
    functionName: string,
    timeout: Duration,
    environment: Record<string, string>,
    network: FunctionNetwork | undefined = undefined,
  ): LambdaFunction {
    return lambdaFunction(this, name, {
      functionName,
      timeout,
      // A trace of every request would cost five times the request.
      ...(name === 'collect' && { tracing: Tracing.DISABLED }),
      // Without the three lines that Lambda itself writes for every invocation.
      loggingFormat: LoggingFormat.JSON,
      systemLogLevelV2: SystemLogLevel.WARN,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      environment,
      ...network,
    });
  }
}

function allow(to: LambdaFunction, actions: string[], resource: string): void {
  to.addToRolePolicy(new PolicyStatement({ actions, resources: [resource] }));
}
