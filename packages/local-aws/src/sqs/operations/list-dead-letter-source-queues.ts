import { z } from 'zod';
import { operation } from '../../endpoint/json-protocol';
import type { Queue } from '../queue';
import { redrivePolicy } from '../queue-attributes';
import type { SqsStore } from '../store';
import { queueUrl } from './create-queue';

/** `queueUrls` is in camel case on AWS too. */
export const listDeadLetterSourceQueues = operation({
  input: z.object({ QueueUrl: z.string() }),
  run({ QueueUrl }, store: SqsStore, context) {
    const sources = deadLetterSources(store, store.at(QueueUrl));
    return { queueUrls: sources.map(({ name }) => queueUrl(context, name)) };
  },
});

/** The queues that have this dead-letter queue. */
export function deadLetterSources(store: SqsStore, queue: Queue): Queue[] {
  return store.all().filter((source) => redrivePolicy(source.attributes)?.deadLetterTargetArn === queue.arn);
}
