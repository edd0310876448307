import { receiveText } from '../body';
import { invalidArgument, malformedXml, notImplemented } from '../errors';
import { EVENT_PATTERN, type QueueConfiguration } from '../notification';
import { parseXml, type XmlElement } from '../xml';
import type { Operation } from './operation';

/**
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotificationConfiguration.html
 * Supports queues only and sends no test event.
 */
export const putBucketNotificationConfiguration: Operation = async (request, { store }) => {
  const bucket = store.bucket(request.bucket);
  const root = parseXml(await receiveText(request), 'NotificationConfiguration');
  const other = root.children.find(({ name }) => name !== 'QueueConfiguration');
  if (other) throw notImplemented(`${other.name} in a notification configuration`);
  await bucket.setNotification({ queueConfigurations: root.children.map(readQueue) });
  return { status: 200 };
};

function readQueue(queue: XmlElement, index: number): QueueConfiguration {
  const queueArn = queue.requiredTextOf('Queue');
  if (!/^arn:aws[a-z-]*:sqs:[^:]*:\d*:.+$/.test(queueArn)) {
    throw invalidArgument('Queue', queueArn, 'The ARN is not well formed');
  }
  const events = queue.all('Event').map(({ text }) => text);
  if (events.length === 0) throw malformedXml('QueueConfiguration has no Event');
  const unknown = events.find((event) => !EVENT_PATTERN.test(event));
  if (unknown !== undefined)
    throw invalidArgument('Event', unknown, 'The event is not supported for notifications');
  return {
    id: queue.textOf('Id') ?? `queue-${index + 1}`,
    queueArn,
    events,
    filterRules: (queue.first('Filter')?.first('S3Key')?.all('FilterRule') ?? []).map((rule) => {
      const name = rule.requiredTextOf('Name').toLowerCase();
      if (name !== 'prefix' && name !== 'suffix') {
        throw invalidArgument('FilterRule.Name', name, 'filter rule name must be either prefix or suffix');
      }
      return { name, value: rule.requiredTextOf('Value') };
    }),
  };
}
