import { z } from 'zod';
import { operation } from '../../endpoint/json-protocol';
import type { SqsStore } from '../store';
import { putQueue } from './create-queue';

export const setQueueAttributes = operation({
  input: z.object({ QueueUrl: z.string(), Attributes: z.record(z.string(), z.string()) }),
  run({ QueueUrl, Attributes }, store: SqsStore) {
    const queue = store.at(QueueUrl);
    putQueue(store, queue.name, queue.attributes, Attributes);
    return {};
  },
});
