import { xmlReply } from '../reply';
import { element, parent, xmlDocument } from '../xml';
import type { Operation } from './operation';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketNotificationConfiguration.html */
export const getBucketNotificationConfiguration: Operation = async ({ bucket }, { store }) => {
  const { queueConfigurations } = store.bucket(bucket).settings.notification;
  return xmlReply(
    xmlDocument(
      'NotificationConfiguration',
      ...queueConfigurations.map(({ id, queueArn, events, filterRules }) => {
        const rules = filterRules.map(({ name, value }) =>
          parent('FilterRule', element('Name', name), element('Value', value)),
        );
        return parent(
          'QueueConfiguration',
          element('Id', id),
          element('Queue', queueArn),
          ...events.map((event) => element('Event', event)),
          rules.length > 0 ? parent('Filter', parent('S3Key', ...rules)) : '',
        );
      }),
    ),
  );
};
