import type { AccessRule, RequestContext } from '../endpoint/service';
import type { DenialWording } from '../iam/denied';

/**
 * The permissions of each operation; a batch needs those of a single entry.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_sqs.html
 */
export const SQS_ACCESS = {
  ChangeMessageVisibility: onQueue('sqs:ChangeMessageVisibility'),
  ChangeMessageVisibilityBatch: onQueue('sqs:ChangeMessageVisibility'),
  CreateQueue: onQueue('sqs:CreateQueue'),
  DeleteMessage: onQueue('sqs:DeleteMessage'),
  DeleteMessageBatch: onQueue('sqs:DeleteMessage'),
  DeleteQueue: onQueue('sqs:DeleteQueue'),
  GetQueueAttributes: onQueue('sqs:GetQueueAttributes'),
  GetQueueUrl: onQueue('sqs:GetQueueUrl'),
  ListDeadLetterSourceQueues: onQueue('sqs:ListDeadLetterSourceQueues'),
  ListMessageMoveTasks: ({ SourceArn }) => [
    { action: 'sqs:ListMessageMoveTasks', resource: String(SourceArn) },
  ],
  ListQueues: () => [{ action: 'sqs:ListQueues', resource: '*' }],
  PurgeQueue: onQueue('sqs:PurgeQueue'),
  ReceiveMessage: onQueue('sqs:ReceiveMessage'),
  SendMessage: onQueue('sqs:SendMessage'),
  SendMessageBatch: onQueue('sqs:SendMessage'),
  SetQueueAttributes: onQueue('sqs:SetQueueAttributes'),
  StartMessageMoveTask: ({ SourceArn, DestinationArn }) => [
    ...['StartMessageMoveTask', 'ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'].map((name) => ({
      action: `sqs:${name}`,
      resource: String(SourceArn),
    })),
    ...(DestinationArn === undefined
      ? []
      : [{ action: 'sqs:SendMessage', resource: String(DestinationArn) }]),
  ],
} satisfies Record<string, AccessRule>;

/** Uses the code of the Query protocol, which clients expect. */
export const SQS_DENIAL: DenialWording = {
  code: 'AccessDenied',
  status: 403,
  action: (name) => name.toLowerCase(),
};

function onQueue(action: string): AccessRule {
  return ({ QueueUrl, QueueName }, { account, region }: RequestContext) => {
    const name = String(QueueName ?? QueueUrl)
      .split('/')
      .at(-1);
    return [{ action, resource: `arn:aws:sqs:${region}:${account}:${name}` }];
  };
}
