import { GetQueueAttributesCommand, GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import { type DeploymentCheck, type Finding, failed, ok } from '../check';
import { requires } from '../permission';
import { decide, type ServiceRequest } from '../policy';

/** May S3 send the notifications of the bucket to the queue? */
export const queuePolicy: DeploymentCheck = {
  id: 'queue-policy',
  title: 'policy of the queue',
  local: true,
  async run({ account: { sqs, names, bucket, account, partition, region } }) {
    const { QueueUrl } = await requires('sqs:GetQueueUrl', () =>
      sqs.send(new GetQueueUrlCommand({ QueueName: names.queue })),
    );
    const { Attributes = {} } = await requires('sqs:GetQueueAttributes', () =>
      sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['Policy'] })),
    );
    return judgeQueuePolicy(Attributes.Policy, {
      service: 's3.amazonaws.com',
      action: 'sqs:SendMessage',
      resource: `arn:${partition}:sqs:${region}:${account}:${names.queue}`,
      sourceArn: `arn:${partition}:s3:::${bucket}`,
      sourceAccount: account,
    });
  },
};

/** @param policy JSON; undefined if the queue has none */
export function judgeQueuePolicy(policy: string | undefined, notification: ServiceRequest): Finding {
  const decision = policy === undefined ? 'none' : decide(policy, notification);
  if (decision === 'allowed') return ok('allows the notifications of the bucket');
  return failed(
    decision === 'denied'
      ? 'denies the notifications of the bucket'
      : 'does not allow the notifications of the bucket',
    'undo the change that npx cdk drift shows (docs/runbook.md#events-are-lost)',
  );
}
