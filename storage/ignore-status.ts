import { S3ServiceException } from '@aws-sdk/client-s3';

/** The HTTP status that S3 answered with; undefined for any other error. */
export const statusOf = (error: unknown): number | undefined =>
  error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;

/** The response of S3; undefined if it answers with one of these status codes. Any other error is thrown. */
export async function ignoreStatus<Response>(
  statuses: readonly number[],
  request: Promise<Response>,
): Promise<Response | undefined> {
  try {
    return await request;
  } catch (error) {
    const status = statusOf(error);
    if (status !== undefined && statuses.includes(status)) return undefined;
    throw error;
  }
}
