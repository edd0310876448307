import type { QueryCompatibility } from '../endpoint/json-protocol';
import { AwsError } from '../endpoint/service';

/**
 * Query protocol codes that differ from the JSON ones.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html
 */
export const SQS_ERRORS: QueryCompatibility = {
  namespace: 'com.amazonaws.sqs',
  codes: {
    BatchEntryIdsNotDistinct: 'AWS.SimpleQueueService.BatchEntryIdsNotDistinct',
    BatchRequestTooLong: 'AWS.SimpleQueueService.BatchRequestTooLong',
    EmptyBatchRequest: 'AWS.SimpleQueueService.EmptyBatchRequest',
    InvalidBatchEntryId: 'AWS.SimpleQueueService.InvalidBatchEntryId',
    MessageNotInflight: 'AWS.SimpleQueueService.MessageNotInflight',
    QueueDoesNotExist: 'AWS.SimpleQueueService.NonExistentQueue',
    QueueNameExists: 'QueueAlreadyExists',
    TooManyEntriesInBatchRequest: 'AWS.SimpleQueueService.TooManyEntriesInBatchRequest',
    UnsupportedOperation: 'AWS.SimpleQueueService.UnsupportedOperation',
  },
};

export const queueDoesNotExist = (name: string) =>
  new AwsError('QueueDoesNotExist', `The specified queue does not exist: ${name}.`);

export const invalidParameter = (message: string) => new AwsError('InvalidParameterValue', message);
