import { z } from 'zod';
import { queryOperation } from '../../endpoint/query-protocol';
import { invalidParameter } from '../errors';
import type { Sns } from '../sns';
import type { Attributes } from '../store';

/** Accepted only with an empty value, which removes the attribute. */
const UNSUPPORTED = ['FilterPolicy', 'FilterPolicyScope', 'RedrivePolicy', 'ReplayPolicy'];
const SETTABLE = ['DeliveryPolicy', 'RawMessageDelivery', 'SubscriptionRoleArn'];

export const getSubscriptionAttributes = queryOperation({
  input: z.object({ SubscriptionArn: z.string() }),
  run({ SubscriptionArn }, { store, account }: Sns) {
    const { arn, topicArn, protocol, endpoint, attributes } = store.subscription(SubscriptionArn);
    const all = {
      RawMessageDelivery: 'false',
      ...attributes,
      SubscriptionArn: arn,
      TopicArn: topicArn,
      Protocol: protocol,
      Endpoint: endpoint,
      Owner: account,
      ConfirmationWasAuthenticated: 'true',
      PendingConfirmation: 'false',
    };
    return { Attributes: new Map(Object.entries(all)) };
  },
});

export const setSubscriptionAttributes = queryOperation({
  input: z.object({
    SubscriptionArn: z.string(),
    AttributeName: z.string(),
    AttributeValue: z.string().default(''),
  }),
  run({ SubscriptionArn, AttributeName, AttributeValue }, { store }: Sns) {
    const subscription = store.subscription(SubscriptionArn);
    const given = { [AttributeName]: AttributeValue };
    checkSubscriptionAttributes(given);
    store.putSubscription({ ...subscription, attributes: { ...subscription.attributes, ...given } });
    return undefined;
  },
});

/** @throws AwsError InvalidParameter that names the attribute */
export function checkSubscriptionAttributes(attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (UNSUPPORTED.includes(name)) {
      if (value !== '' && value !== '{}') {
        throw invalidParameter(
          `Attributes Reason: ${name} is not supported locally; every message is delivered`,
        );
      }
    } else if (!SETTABLE.includes(name)) {
      throw invalidParameter(`AttributeName: ${name} is not an attribute of subscriptions`);
    } else if (name === 'RawMessageDelivery' && !/^(true|false)$/i.test(value)) {
      throw invalidParameter(`RawMessageDelivery ${JSON.stringify(value)}: expected true or false`);
    }
  }
}
