import { ListObjectsV2Command, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { resourceNames } from '../../domain/names';
import type { Deployment } from '../../operations/deployment';

const config = { region: 'us-east-1', credentials: { accessKeyId: 'any', secretAccessKey: 'any' } };

export const MACHINE_ARN = 'arn:aws:states:us-east-1:000000000000:stateMachine:m';

/** A deployment whose Step Functions answers as it is told, and whose bucket is empty. The rest of it is not there. */
export function fakeDeployment(answer: (command: { input: object }) => Promise<object>): Deployment {
  const s3 = new S3Client(config);
  const sfn = new SFNClient(config);
  const sqs = new SQSClient(config);
  const send = async (command: object) => {
    if (command instanceof ListObjectsV2Command) return {};
    const $metadata = { httpStatusCode: 404 };
    throw new S3ServiceException({ name: 'NoSuchKey', $fault: 'client', $metadata, message: 'none' });
  };
  const partial: Partial<Deployment> = {
    s3: Object.assign(s3, { send }) as S3Client,
    sfn: Object.assign(sfn, { send: answer }) as SFNClient,
    sqs,
    names: resourceNames(),
    bucket: 'bucket',
    stateMachineArn: MACHINE_ARN,
    isLocal: true,
  };
  return partial as Deployment;
}
