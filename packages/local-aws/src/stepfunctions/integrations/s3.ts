import * as s3 from '@aws-sdk/client-s3';
import { DataLimitError } from '../errors';
import type { Integration, TaskContext } from './integration';
import { answerAsJson, inputFields, type ServiceFault, sdkFailure } from './sdk-call';

const SERVICE = { prefix: 'S3', title: 'S3', base: 'S3Exception' };

const CALLS = {
  copyObject: { Command: s3.CopyObjectCommand, input: s3.CopyObjectRequest$ },
  deleteObject: { Command: s3.DeleteObjectCommand, input: s3.DeleteObjectRequest$ },
  getObject: { Command: s3.GetObjectCommand, input: s3.GetObjectRequest$ },
  headObject: { Command: s3.HeadObjectCommand, input: s3.HeadObjectRequest$ },
  putObject: { Command: s3.PutObjectCommand, input: s3.PutObjectRequest$ },
} as const;

type AnyCommand = new (input: never) => s3.GetObjectCommand;

/** SDK calls such as `aws-sdk:s3:getObject`. A body becomes text in the state's result, within its size limit. */
export function s3Integrations(clientOf: (context: TaskContext) => s3.S3Client): Integration[] {
  return Object.entries(CALLS).map(([name, { Command, input }]) => ({
    resource: `arn:aws:states:::aws-sdk:s3:${name}`,
    parameters: inputFields(input),
    async run(parameters, context) {
      const { signal, stateName } = context;
      const { Body, ...rest } = parameters;
      const body = Body === undefined || typeof Body === 'string' ? Body : JSON.stringify(Body);
      const command = new (Command as unknown as AnyCommand)({
        ...rest,
        ...(body !== undefined && { Body: body }),
      } as never);
      try {
        const answer = await clientOf(context).send(command, { abortSignal: signal });
        return await answerAsJson(answer, stateName);
      } catch (error) {
        if (error instanceof DataLimitError) throw error;
        // A HEAD response has no body with an error code; the SDK for Java maps its 404 to NoSuchKey.
        const named = error instanceof s3.NotFound ? Object.assign(error, { name: 'NoSuchKey' }) : error;
        throw sdkFailure(SERVICE, named, isModelled);
      }
    },
  }));
}

/** The SDK has a class for each modelled error. */
const isModelled = (error: ServiceFault): boolean => error.constructor !== s3.S3ServiceException;
