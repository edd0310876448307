import { z } from 'zod';
import { formMap } from '../../endpoint/form';
import { queryOperation } from '../../endpoint/query-protocol';
import { invalidParameter } from '../errors';
import type { Sns } from '../sns';
import type { Attributes, SnsStore } from '../store';
import { checkTopicAttributes } from './topic-attributes';

/** Creates a topic unless it exists; an existing topic keeps its attributes. Tags are ignored. */
export const createTopic = queryOperation({
  input: z.object({ Name: z.string(), Attributes: formMap() }),
  run({ Name, Attributes }, { store }: Sns) {
    return { TopicArn: ensureTopic(store, Name, Attributes) };
  },
});

/**
 * @returns the topic's ARN
 * @throws AwsError InvalidParameter for an invalid name or attribute, or a FIFO topic
 */
export function ensureTopic(store: SnsStore, name: string, attributes: Attributes): string {
  if (name.endsWith('.fifo'))
    throw invalidParameter('FIFO topics are not supported locally: use a standard topic');
  if (!/^[A-Za-z0-9_-]{1,256}$/.test(name)) {
    throw invalidParameter(
      `Topic Name ${JSON.stringify(name)}: expected 1 to 256 letters, digits, hyphens and underscores`,
    );
  }
  const arn = store.topicArn(name);
  checkTopicAttributes(attributes);
  if (!store.findTopic(arn)) store.putTopic({ arn, attributes });
  return arn;
}
