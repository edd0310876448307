import { z } from 'zod';
import { operation } from '../../endpoint/json-protocol';
import type { Queue } from '../queue';
import { redrivePolicy } from '../queue-attributes';
import type { SqsStore } from '../store';
import { queueUrl } from './create-queue';

/** The answer's `queueUrls` begins with a small letter, in AWS too. */
export const listDeadLetterSourceQueues = operation({
  input: z.object({ QueueUrl: z.string() }),
  run({ QueueUrl }, store: SqsStore, context) {
    const sources = deadLetterSources(store, store.at(QueueUrl));
    return { queueUrls: sources.map(({ name }) => queueUrl(context, name)) };
  },
});

/** The queues whose dead letters go to this one. */
export function deadLetterSources(store: SqsStore, queue: Queue): Queue[] {
  return store.all().filter((source) => redrivePolicy(source.attributes)?.deadLetterTargetArn === queue.arn);
}
