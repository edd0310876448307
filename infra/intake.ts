import { Aws, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  TransitionDefaultMinimumObjectSize,
} from 'aws-cdk-lib/aws-s3';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { MAX_RECEIVES } from '../domain/ledger';
import type { ResourceNames } from '../domain/names';
import { INPUT } from '../domain/object-keys';
import { lifecycleRules, type Retention } from './lifecycle';
import { visibilityTimeout } from './timeouts';

/** An account's 12 digits, and a region. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

interface IntakeProps {
  readonly names: ResourceNames;
  readonly retention: Retention;
  readonly place: Place | undefined;
  /** ARNs of SNS topics and EventBridge rules that may also send events of the bucket. */
  readonly senders?: readonly string[] | undefined;
  readonly hasSpark: boolean;
}

/** The bucket, its notification for objects below input/, the queue, and the dead-letter queue. */
export class Intake extends Construct {
  readonly bucket: Bucket;
  readonly queue: Queue;
  readonly deadLetterQueue: Queue;

  constructor(scope: Construct, id: string, props: IntakeProps) {
    super(scope, id);
    const { names, retention, place, senders = [], hasSpark } = props;

    this.deadLetterQueue = new Queue(this, 'DeadLetters', {
      queueName: names.deadLetterQueue,
      retentionPeriod: Duration.days(14),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
    });
    this.queue = new Queue(this, 'Queue', {
      queueName: names.queue,
      visibilityTimeout: visibilityTimeout(hasSpark),
      retentionPeriod: Duration.days(14),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: MAX_RECEIVES },
    });

    // The ARN is written out: a reference to the bucket would create a circular dependency with the policy of the queue.
    // CloudFormation imports an existing bucket only by a literal name. The name is the same either way.
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources-automatically.html
    const { account, region } = place ?? { account: Aws.ACCOUNT_ID, region: Aws.REGION };
    const bucketName = names.bucket(account, region);
    const bucketArn = `arn:${Aws.PARTITION}:s3:::${bucketName}`;
    // Not grantSendMessages, which also allows reading the attributes of the queue.
    this.queue.grant(
      new ServicePrincipal('s3.amazonaws.com', {
        conditions: {
          ArnEquals: { 'aws:SourceArn': bucketArn },
          StringEquals: { 'aws:SourceAccount': Stack.of(this).account },
        },
      }),
      'sqs:SendMessage',
    );
    for (const sender of senders) {
      const [, , service] = sender.split(':');
      const conditions = { ArnEquals: { 'aws:SourceArn': sender } };
      this.queue.grant(new ServicePrincipal(`${service}.amazonaws.com`, { conditions }), 'sqs:SendMessage');
    }

    this.bucket = new Bucket(this, 'Bucket', {
      bucketName,
      versioned: true,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      lifecycleRules: lifecycleRules(retention),
      transitionDefaultMinimumObjectSize: TransitionDefaultMinimumObjectSize.ALL_STORAGE_CLASSES_128_K,
      // Except when the stack's creation fails: a bucket that stayed would make the next try fail.
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'Server access logs would need a second bucket and cost more than the idle pipeline. If requests must be logged, enable CloudTrail data events for this bucket.',
    });
    // The bucket's own property. CDK's custom resource would add a Lambda function with permissions on every bucket.
    const bucket = this.bucket.node.defaultChild as CfnBucket;
    bucket.notificationConfiguration = {
      queueConfigurations: [
        {
          event: 's3:ObjectCreated:*',
          queue: this.queue.queueArn,
          filter: { s3Key: { rules: [{ name: 'prefix', value: INPUT }] } },
        },
      ],
    };
    this.bucket.node.addDependency(this.queue.node.findChild('Policy'));
  }
}
