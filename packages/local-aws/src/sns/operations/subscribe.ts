import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { formMap } from '../../endpoint/form';
import { queryOperation } from '../../endpoint/query-protocol';
import { invalidParameter } from '../errors';
import type { Sns } from '../sns';
import { checkSubscriptionAttributes } from './subscription-attributes';

const PROTOCOLS = ['sqs', 'email', 'email-json', 'http', 'https', 'lambda', 'sms', 'application', 'firehose'];

/**
 * Every subscription is confirmed immediately. Messages for protocols other than sqs are written to the outbox.
 * Subscribing an endpoint again returns the same ARN.
 */
export const subscribe = queryOperation({
  input: z.object({
    TopicArn: z.string(),
    Protocol: z.string(),
    Endpoint: z.string().default(''),
    Attributes: formMap(),
  }),
  run({ TopicArn, Protocol, Endpoint, Attributes }, { store }: Sns) {
    const topic = store.topic(TopicArn);
    if (!PROTOCOLS.includes(Protocol)) {
      throw invalidParameter(`Protocol ${JSON.stringify(Protocol)}: expected one of ${PROTOCOLS.join(', ')}`);
    }
    if (Endpoint === '') throw invalidParameter('Endpoint: expected an address');
    if (Protocol === 'sqs' && !/^arn:[^:]+:sqs:[^:]+:\d+:[A-Za-z0-9_-]+$/.test(Endpoint)) {
      throw invalidParameter(`SQS endpoint ARN: expected the ARN of a standard queue, not ${Endpoint}`);
    }
    checkSubscriptionAttributes(Attributes);

    const known = store
      .allSubscriptions(topic.arn)
      .find((each) => each.protocol === Protocol && each.endpoint === Endpoint);
    if (known) {
      const other = Object.keys(Attributes).find((name) => known.attributes[name] !== Attributes[name]);
      if (other !== undefined) {
        throw invalidParameter('Attributes Reason: Subscription already exists with different attributes');
      }
      return { SubscriptionArn: known.arn };
    }
    const arn = `${topic.arn}:${randomUUID()}`;
    store.putSubscription({
      arn,
      topicArn: topic.arn,
      protocol: Protocol,
      endpoint: Endpoint,
      attributes: Attributes,
    });
    return { SubscriptionArn: arn };
  },
});
