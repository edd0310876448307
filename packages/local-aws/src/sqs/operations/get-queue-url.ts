import { z } from 'zod';
import { operation } from '../../endpoint/json-protocol';
import type { SqsStore } from '../store';
import { queueUrl } from './create-queue';

export const getQueueUrl = operation({
  input: z.object({ QueueName: z.string() }),
  run({ QueueName }, store: SqsStore, context) {
    return { QueueUrl: queueUrl(context, store.queue(QueueName).name) };
  },
});
