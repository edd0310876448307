import { AwsError } from '../endpoint/service';

export const streamNotFound = (name: string, account: string) =>
  new AwsError('ResourceNotFoundException', `Stream ${name} under account ${account} not found.`);

export const invalidArgument = (message: string) => new AwsError('InvalidArgumentException', message);
