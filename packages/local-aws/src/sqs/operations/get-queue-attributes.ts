import { z } from 'zod';
import { operation } from '../../endpoint/json-protocol';
import { AwsError } from '../../endpoint/service';
import { inFlight, isDelayed } from '../message';
import type { Queue } from '../queue';
import { expire } from '../receive';
import type { SqsStore } from '../store';

const SETTABLE = [
  'DelaySeconds',
  'KmsDataKeyReusePeriodSeconds',
  'KmsMasterKeyId',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'Policy',
  'ReceiveMessageWaitTimeSeconds',
  'RedriveAllowPolicy',
  'RedrivePolicy',
  'SqsManagedSseEnabled',
  'VisibilityTimeout',
];

/** The counts are exact. */
export const getQueueAttributes = operation({
  input: z.object({ QueueUrl: z.string(), AttributeNames: z.array(z.string()).default([]) }),
  run({ QueueUrl, AttributeNames }, store: SqsStore) {
    const queue = store.at(QueueUrl);
    expire(store, queue);
    const all: Record<string, string> = { ...queue.attributes, ...counts(queue, store.now()) };
    for (const name of AttributeNames) {
      if (name !== 'All' && all[name] === undefined && !SETTABLE.includes(name)) {
        throw new AwsError('InvalidAttributeName', `Unknown Attribute ${name}.`);
      }
    }
    const requested = Object.entries(all).filter(
      ([name]) => AttributeNames.includes('All') || AttributeNames.includes(name),
    );
    return requested.length > 0 ? { Attributes: Object.fromEntries(requested) } : {};
  },
});

function counts(queue: Queue, now: number): Record<string, string> {
  const messages = queue.messages();
  const hidden = messages.filter((message) => inFlight(message, now)).length;
  const delayed = messages.filter((message) => isDelayed(message, now)).length;
  return {
    QueueArn: queue.arn,
    ApproximateNumberOfMessages: String(messages.length - hidden - delayed),
    ApproximateNumberOfMessagesNotVisible: String(hidden),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    CreatedTimestamp: String(Math.floor(queue.createdAt / 1000)),
    LastModifiedTimestamp: String(Math.floor(queue.modifiedAt / 1000)),
  };
}
