import { GetBucketNotificationConfigurationCommand, type QueueConfiguration } from '@aws-sdk/client-s3';
import { INPUT } from '../../../domain/object-keys';
import { type DeploymentCheck, type Finding, failed, ok } from '../check';
import { requires } from '../permission';

/** Does the bucket notify the queue of every object below input/? */
export const notification: DeploymentCheck = {
  id: 'bucket-notification',
  title: 'notification of the bucket',
  local: true,
  async run({ account: { s3, bucket, names, partition, region, account } }) {
    const { QueueConfigurations = [] } = await requires('s3:GetBucketNotification', () =>
      s3.send(new GetBucketNotificationConfigurationCommand({ Bucket: bucket })),
    );
    return judgeNotification(QueueConfigurations, `arn:${partition}:sqs:${region}:${account}:${names.queue}`);
  },
};

export function judgeNotification(configurations: readonly QueueConfiguration[], queueArn: string): Finding {
  const isConfigured = configurations.some(
    ({ QueueArn, Events = [], Filter }) =>
      QueueArn === queueArn &&
      (Events as string[]).includes('s3:ObjectCreated:*') &&
      (Filter?.Key?.FilterRules ?? []).every(
        ({ Name, Value = '' }) => Name?.toLowerCase() === 'prefix' && INPUT.startsWith(Value),
      ),
  );
  return isConfigured
    ? ok(`every new object below ${INPUT} is sent to the queue`)
    : failed(
        `new objects below ${INPUT} are not sent to the queue`,
        'undo the change that npx cdk drift shows (docs/runbook.md#events-are-lost)',
      );
}
