import { z } from 'zod';
import { queryOperation } from '../../endpoint/query-protocol';
import { page } from '../page';
import type { Sns } from '../sns';
import type { Subscription } from '../store';

export const listSubscriptions = queryOperation({
  input: z.object({ NextToken: z.string().optional() }),
  run({ NextToken }, sns: Sns) {
    return describe(sns, sns.store.allSubscriptions(), NextToken);
  },
});

export const listSubscriptionsByTopic = queryOperation({
  input: z.object({ TopicArn: z.string(), NextToken: z.string().optional() }),
  run({ TopicArn, NextToken }, sns: Sns) {
    return describe(sns, sns.store.allSubscriptions(sns.store.topic(TopicArn).arn), NextToken);
  },
});

function describe({ account }: Sns, all: readonly Subscription[], token: string | undefined) {
  const { items, next } = page(all, token);
  const Subscriptions = items.map(({ arn, topicArn, protocol, endpoint }) => ({
    SubscriptionArn: arn,
    Owner: account,
    Protocol: protocol,
    Endpoint: endpoint,
    TopicArn: topicArn,
  }));
  return { Subscriptions, NextToken: next };
}
