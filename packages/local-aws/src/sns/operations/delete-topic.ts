import { z } from 'zod';
import { queryOperation } from '../../endpoint/query-protocol';
import type { Sns } from '../sns';

/** Deletes a topic and its subscriptions; one that is not there is as good as deleted. */
export const deleteTopic = queryOperation({
  input: z.object({ TopicArn: z.string() }),
  run({ TopicArn }, { store }: Sns) {
    store.deleteTopic(TopicArn);
    return undefined;
  },
});
