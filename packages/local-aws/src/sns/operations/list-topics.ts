import { z } from 'zod';
import { queryOperation } from '../../endpoint/query-protocol';
import { page } from '../page';
import type { Sns } from '../sns';

export const listTopics = queryOperation({
  input: z.object({ NextToken: z.string().optional() }),
  run({ NextToken }, { store }: Sns) {
    const { items, next } = page(store.allTopics(), NextToken);
    return { Topics: items.map(({ arn }) => ({ TopicArn: arn })), NextToken: next };
  },
});
