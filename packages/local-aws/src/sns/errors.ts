import { AwsError } from '../endpoint/service';

/** https://docs.aws.amazon.com/sns/latest/api/CommonErrors.html */
export const invalidParameter = (message: string) =>
  new AwsError('InvalidParameter', `Invalid parameter: ${message}`);

export const topicNotFound = (arn: string) => new AwsError('NotFound', `Topic does not exist: ${arn}`, 404);

export const subscriptionNotFound = (arn: string) =>
  new AwsError('NotFound', `Subscription does not exist: ${arn}`, 404);
