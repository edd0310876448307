import { z } from 'zod';
import { operation } from '../../endpoint/json-protocol';
import { AwsError, type RequestContext } from '../../endpoint/service';
import { invalidParameter } from '../errors';
import {
  DEFAULT_ATTRIBUTES,
  fifoUnsupported,
  mergeAttributes,
  type QueueAttributes,
} from '../queue-attributes';
import type { SqsStore } from '../store';

/** Creates a queue; succeeds for an existing queue with the same attributes. */
export const createQueue = operation({
  input: z.object({
    QueueName: z.string(),
    Attributes: z.record(z.string(), z.string()).default({}),
  }),
  run({ QueueName, Attributes }, store: SqsStore, context) {
    const queue = store.find(QueueName);
    if (queue) {
      const merged = mergeAttributes(queue.attributes, Attributes, (arn) => !!store.findArn(arn));
      const other = Object.keys(Attributes).find((name) => merged[name] !== queue.attributes[name]);
      if (other !== undefined) {
        throw new AwsError(
          'QueueNameExists',
          `A queue already exists with the same name and a different value for attribute ${other}.`,
        );
      }
    } else {
      putQueue(store, QueueName, DEFAULT_ATTRIBUTES, Attributes);
    }
    return { QueueUrl: queueUrl(context, QueueName) };
  },
});

/** The queue's URL. Requests are resolved by its last segment only. */
export function queueUrl(context: RequestContext, name: string): string {
  return `${context.endpoint}/${context.account}/${name}`;
}

/**
 * Merges a queue's attributes and creates the queue if necessary.
 * @throws AwsError for an invalid name or attribute
 */
export function putQueue(
  store: SqsStore,
  name: string,
  current: QueueAttributes,
  given: QueueAttributes,
): void {
  if (name.endsWith('.fifo')) throw fifoUnsupported(name);
  if (!/^[A-Za-z0-9_-]{1,80}$/.test(name)) {
    throw invalidParameter(
      `The queue name ${JSON.stringify(name)} is not 1 to 80 letters, digits, hyphens and underscores.`,
    );
  }
  const attributes = mergeAttributes(
    current,
    given,
    (arn) => arn === store.arnOf(name) || !!store.findArn(arn),
  );
  const now = store.now();
  const createdAt = store.find(name)?.createdAt ?? now;
  store.commit({ type: 'queue', name, createdAt, modifiedAt: now, attributes });
}
