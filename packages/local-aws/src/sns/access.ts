import type { AccessRule } from '../endpoint/service';
import type { DenialWording } from '../iam/denied';

/** The permissions of each operation: https://docs.aws.amazon.com/service-authorization/latest/reference/list_sns.html */
export const SNS_ACCESS = {
  CreateTopic: ({ Name }, { account, region }) => [
    { action: 'sns:CreateTopic', resource: `arn:aws:sns:${region}:${account}:${Name}` },
  ],
  DeleteTopic: onTopic('sns:DeleteTopic'),
  GetSubscriptionAttributes: onAnything('sns:GetSubscriptionAttributes'),
  GetTopicAttributes: onTopic('sns:GetTopicAttributes'),
  ListSubscriptions: onAnything('sns:ListSubscriptions'),
  ListSubscriptionsByTopic: onTopic('sns:ListSubscriptionsByTopic'),
  ListTopics: onAnything('sns:ListTopics'),
  Publish: onTopic('sns:Publish'),
  PublishBatch: onTopic('sns:Publish'),
  SetSubscriptionAttributes: onAnything('sns:SetSubscriptionAttributes'),
  SetTopicAttributes: onTopic('sns:SetTopicAttributes'),
  Subscribe: onTopic('sns:Subscribe'),
  Unsubscribe: onAnything('sns:Unsubscribe'),
} satisfies Record<string, AccessRule>;

export const SNS_DENIAL: DenialWording = {
  code: 'AuthorizationError',
  status: 403,
  action: (name) => name.replace('sns:', 'SNS:'),
};

function onTopic(action: string): AccessRule {
  return ({ TopicArn, TargetArn }) => [{ action, resource: String(TopicArn ?? TargetArn ?? '*') }];
}

function onAnything(action: string): AccessRule {
  return () => [{ action, resource: '*' }];
}
