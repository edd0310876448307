import { z } from 'zod';
import { queryOperation } from '../../endpoint/query-protocol';
import { invalidParameter } from '../errors';
import type { Sns } from '../sns';
import type { Attributes } from '../store';

/** Stored and returned, without effect. */
const SETTABLE = [
  'ArchivePolicy',
  'DeliveryPolicy',
  'DisplayName',
  'KmsMasterKeyId',
  'Policy',
  'SignatureVersion',
  'TracingConfig',
];

export const getTopicAttributes = queryOperation({
  input: z.object({ TopicArn: z.string() }),
  run({ TopicArn }, { store, account }: Sns) {
    const topic = store.topic(TopicArn);
    const attributes = {
      DisplayName: '',
      ...topic.attributes,
      TopicArn: topic.arn,
      Owner: account,
      SubscriptionsConfirmed: String(store.allSubscriptions(topic.arn).length),
      SubscriptionsPending: '0',
      SubscriptionsDeleted: '0',
    };
    return { Attributes: new Map(Object.entries(attributes)) };
  },
});

export const setTopicAttributes = queryOperation({
  input: z.object({
    TopicArn: z.string(),
    AttributeName: z.string(),
    AttributeValue: z.string().default(''),
  }),
  run({ TopicArn, AttributeName, AttributeValue }, { store }: Sns) {
    const topic = store.topic(TopicArn);
    const given = { [AttributeName]: AttributeValue };
    checkTopicAttributes(given);
    store.putTopic({ ...topic, attributes: { ...topic.attributes, ...given } });
    return undefined;
  },
});

/** @throws AwsError InvalidParameter that names the attribute */
export function checkTopicAttributes(attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (/Fifo|ContentBasedDeduplication/.test(name)) {
      if (value !== 'false') throw invalidParameter(`${name}: FIFO topics are not supported locally`);
    } else if (!SETTABLE.includes(name) && !/(Success|Failure)Feedback/.test(name)) {
      throw invalidParameter(`AttributeName: ${name} is not an attribute of topics`);
    }
  }
}
