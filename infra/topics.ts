import { Aws, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, type Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { type CfnTopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { ResourceNames } from '../domain/names';

/** The key that encrypts the topics: the free key of SNS, or a key of the stack. */
export type TopicKey = 'aws' | 'own';

export interface TopicsProps {
  readonly names: ResourceNames;
  /** Receive every successful execution. */
  readonly successEmails: readonly string[];
  /** Receive every failed execution and every alarm. */
  readonly failureEmails: readonly string[];
  readonly topicKey: TopicKey;
}

const ALARMS = new ServicePrincipal('cloudwatch.amazonaws.com', {
  conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
});

/**
 * The topics for the end of every execution and for alarms.
 * CloudWatch cannot publish to a topic encrypted with the key of SNS, whose policy cannot be changed
 * (https://repost.aws/knowledge-center/cloudwatch-receive-sns-for-alarm-trigger). A key that it can use costs 1 dollar a
 * month, more than the rest of the idle stack. So alarms, whose messages contain no data, have a topic of their own with the
 * disk encryption of SNS and no KMS key. With a key of the stack, all three topics use that key.
 */
export class Topics extends Construct {
  readonly success: Topic;
  readonly failure: Topic;
  readonly alarms: Topic;
  private readonly key: Key | undefined;

  constructor(scope: Construct, id: string, props: TopicsProps) {
    super(scope, id);
    const { names, successEmails, failureEmails, topicKey } = props;
    const masterKey =
      topicKey === 'own'
        ? new Key(this, 'Key', {
            description: 'Daybook: messages of the topics',
            enableKeyRotation: true,
            // No stored data is encrypted with it.
            removalPolicy: RemovalPolicy.DESTROY,
          })
        : undefined;
    const define = (name: string, topicName: string, emails: readonly string[]): Topic => {
      const topic = new Topic(this, name, { topicName, enforceSSL: true, ...(masterKey && { masterKey }) });
      for (const email of emails) topic.addSubscription(new EmailSubscription(email));
      return topic;
    };
    this.success = define('Success', names.successTopic, successEmails);
    this.failure = define('Failure', names.failureTopic, failureEmails);
    this.alarms = define('Alarms', names.alarmTopic, failureEmails);

    if (!masterKey) {
      // As an alias name: for a key resource CDK would add grants, which this key does not need.
      for (const topic of [this.success, this.failure]) {
        (topic.node.defaultChild as CfnTopic).kmsMasterKeyId = 'alias/aws/sns';
      }
    }
    this.key = masterKey;
    masterKey?.grant(ALARMS, 'kms:Decrypt', 'kms:GenerateDataKey*');
    this.alarms.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsMayPublish',
        principals: [ALARMS],
        actions: ['sns:Publish'],
        resources: [this.alarms.topicArn],
      }),
    );
  }

  /** Allows the role to publish the end of an execution. */
  grantPublish(role: Role): void {
    const resources = [this.success.topicArn, this.failure.topicArn];
    role.addToPolicy(new PolicyStatement({ actions: ['sns:Publish'], resources }));
    this.key?.grant(role, 'kms:Decrypt', 'kms:GenerateDataKey');
  }
}
