import { z } from 'zod';
import { operation } from '../../endpoint/json-protocol';
import type { SqsStore } from '../store';

/** Deletes all messages immediately, including those in flight. */
export const purgeQueue = operation({
  input: z.object({ QueueUrl: z.string() }),
  run({ QueueUrl }, store: SqsStore) {
    store.commit({ type: 'purged', queue: store.at(QueueUrl).name });
    return {};
  },
});
