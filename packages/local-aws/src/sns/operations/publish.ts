import { z } from 'zod';
import { formList } from '../../endpoint/form';
import { queryOperation } from '../../endpoint/query-protocol';
import { AwsError } from '../../endpoint/service';
import { deliverToAll, messageFields, readNotification } from '../deliver';
import { invalidParameter } from '../errors';
import type { Sns } from '../sns';

export const publish = queryOperation({
  input: messageFields.extend({
    TopicArn: z.string().optional(),
    TargetArn: z.string().optional(),
    PhoneNumber: z.string().optional(),
  }),
  async run(input, sns: Sns, context) {
    const arn = input.TopicArn ?? input.TargetArn;
    if (arn === undefined) {
      throw invalidParameter(
        input.PhoneNumber === undefined
          ? 'TopicArn or TargetArn: expected the ARN of a topic'
          : 'PhoneNumber: text messages are not supported locally; publish to a topic',
      );
    }
    const topic = sns.store.topic(arn);
    const notification = readNotification(input, topic.arn, sns.clock());
    await deliverToAll(sns, notification, context.endpoint);
    return { MessageId: notification.messageId };
  },
});

export const publishBatch = queryOperation({
  input: z.object({
    TopicArn: z.string(),
    PublishBatchRequestEntries: formList(messageFields.extend({ Id: z.string() })),
  }),
  async run({ TopicArn, PublishBatchRequestEntries: entries }, sns: Sns, context) {
    const topic = sns.store.topic(TopicArn);
    if (entries.length === 0) {
      throw new AwsError('EmptyBatchRequest', "The batch request doesn't contain any entries.");
    }
    if (entries.length > 10) {
      throw new AwsError('TooManyEntriesInBatchRequest', 'The batch request contains more than 10 entries.');
    }
    if (new Set(entries.map(({ Id }) => Id)).size < entries.length) {
      throw new AwsError('BatchEntryIdsNotDistinct', 'Two or more batch entries have the same Id.');
    }
    const Successful: { Id: string; MessageId: string }[] = [];
    const Failed: { Id: string; Code: string; Message: string; SenderFault: boolean }[] = [];
    for (const entry of entries) {
      try {
        const notification = readNotification(entry, topic.arn, sns.clock());
        await deliverToAll(sns, notification, context.endpoint);
        Successful.push({ Id: entry.Id, MessageId: notification.messageId });
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        Failed.push({ Id: entry.Id, Code: error.code, Message: error.message, SenderFault: true });
      }
    }
    return { Successful, Failed };
  },
});
