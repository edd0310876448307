import { S3ServiceException } from '@aws-sdk/client-s3';

/** The response of S3; undefined if it answers with one of these status codes. Any other error is thrown. */
export async function ignoreStatus<Response>(
  statuses: readonly number[],
  request: Promise<Response>,
): Promise<Response | undefined> {
  try {
    return await request;
  } catch (error) {
    const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
    if (status !== undefined && statuses.includes(status)) return undefined;
    throw error;
  }
}
