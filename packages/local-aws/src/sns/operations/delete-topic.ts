import { z } from 'zod';
import { queryOperation } from '../../endpoint/query-protocol';
import type { Sns } from '../sns';

/** Deletes a topic and its subscriptions. Idempotent. */
export const deleteTopic = queryOperation({
  input: z.object({ TopicArn: z.string() }),
  run({ TopicArn }, { store }: Sns) {
    store.deleteTopic(TopicArn);
    return undefined;
  },
});
