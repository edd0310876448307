import { z } from 'zod';
import { queryOperation } from '../../endpoint/query-protocol';
import type { Sns } from '../sns';

/** Idempotent. */
export const unsubscribe = queryOperation({
  input: z.object({ SubscriptionArn: z.string() }),
  run({ SubscriptionArn }, { store }: Sns) {
    store.unsubscribe(SubscriptionArn);
    return undefined;
  },
});
