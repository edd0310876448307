import { Aws, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, type Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { type CfnTopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { ResourceNames } from '../domain/names';

/** Whose key encrypts the topics: that of SNS, which costs nothing, or one of the stack's own. */
export type TopicKey = 'aws' | 'own';

export interface TopicsProps {
  readonly names: ResourceNames;
  /** Told of every success. */
  readonly successEmails: readonly string[];
  /** Told of every failure and every alarm. */
  readonly failureEmails: readonly string[];
  readonly topicKey: TopicKey;
}

const ALARMS = new ServicePrincipal('cloudwatch.amazonaws.com', {
  conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
});

/**
 * Where the end of every execution is told, and what goes wrong besides.
 *
 * CloudWatch cannot publish to a topic under the key of SNS, whose policy nobody can change
 * (https://repost.aws/knowledge-center/cloudwatch-receive-sns-for-alarm-trigger), and a key that it can use is 1 dollar a
 * month, more than all else at rest. So alarms, whose messages hold nothing of the data, have a topic of their own: SNS
 * encrypts it on its disks, without a key in KMS. With a key of the stack's own all three are under that.
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
            description: 'Daybook: what its topics tell',
            enableKeyRotation: true,
            // Nothing is kept under it.
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
      // As a name: CDK would grant rights to a key given as a resource, and this one needs none.
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

  /** Rights to tell of an execution's end. */
  grantPublish(role: Role): void {
    const resources = [this.success.topicArn, this.failure.topicArn];
    role.addToPolicy(new PolicyStatement({ actions: ['sns:Publish'], resources }));
    this.key?.grant(role, 'kms:Decrypt', 'kms:GenerateDataKey');
  }
}
