import { paginateListSubscriptionsByTopic, type Subscription } from '@aws-sdk/client-sns';
import { plural } from '../../../domain/plural';
import { type DeploymentCheck, type Finding, ok, warning } from '../check';
import { requires } from '../permission';

export interface TopicSubscriptions {
  readonly topic: string;
  readonly subscriptions: readonly Pick<Subscription, 'Endpoint' | 'SubscriptionArn'>[];
}

/** Does anyone receive failures and alarms, and is every subscription confirmed? */
export const subscriptions: DeploymentCheck = {
  id: 'subscriptions',
  title: 'subscriptions',
  async run({ account: { sns, names, partition, region, account } }) {
    const read = async (topic: string): Promise<TopicSubscriptions> => {
      const TopicArn = `arn:${partition}:sns:${region}:${account}:${topic}`;
      return requires('sns:ListSubscriptionsByTopic', async () => {
        const found: Subscription[] = [];
        for await (const page of paginateListSubscriptionsByTopic({ client: sns }, { TopicArn })) {
          found.push(...(page.Subscriptions ?? []));
        }
        return { topic, subscriptions: found };
      });
    };
    const [success, failure, alarm] = await Promise.all([
      read(names.successTopic),
      read(names.failureTopic),
      read(names.alarmTopic),
    ]);
    return judgeSubscriptions({ optional: [success], needed: [failure, alarm] });
  },
};

/** @param topics `needed`: the topics that report faults, which someone should receive */
export function judgeSubscriptions(topics: {
  readonly optional: readonly TopicSubscriptions[];
  readonly needed: readonly TopicSubscriptions[];
}): Finding {
  const all = [...topics.optional, ...topics.needed];
  const pending = all.flatMap(({ topic, subscriptions }) =>
    subscriptions
      .filter(({ SubscriptionArn }) => SubscriptionArn === 'PendingConfirmation')
      .map(({ Endpoint }) => `${Endpoint} of ${topic}`),
  );
  if (pending.length > 0) {
    return warning(
      `not confirmed: ${pending.join(', ')}`,
      'open the link in the email from AWS; after three days, subscribe the address again (docs/deploy.md#subscribe)',
    );
  }
  const without = topics.needed.filter(({ subscriptions }) => subscriptions.length === 0);
  if (without.length > 0) {
    return warning(
      `nobody subscribes to ${without.map(({ topic }) => topic).join(', ')}`,
      '-c failureEmails=..., or another subscriber (docs/deploy.md#subscribe)',
    );
  }
  return ok(`${plural(all.flatMap((one) => one.subscriptions).length, 'subscription')}, all confirmed`);
}
