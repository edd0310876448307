import { z } from 'zod';
import { operation } from '../../endpoint/json-protocol';
import type { SqsStore } from '../store';

/** Deletes a queue and its messages immediately. */
export const deleteQueue = operation({
  input: z.object({ QueueUrl: z.string() }),
  run({ QueueUrl }, store: SqsStore) {
    store.commit({ type: 'queue-deleted', queue: store.at(QueueUrl).name });
    return {};
  },
});
