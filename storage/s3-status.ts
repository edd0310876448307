import { S3ServiceException } from '@aws-sdk/client-s3';

/** The HTTP status that S3 answered with; undefined for any other error. */
export const statusOf = (error: unknown): number | undefined =>
  error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;

/** The answer, or undefined where S3 answered with one of these statuses. Any other failure is thrown. */
export async function ignoreStatus<Answer>(
  statuses: readonly number[],
  request: Promise<Answer>,
): Promise<Answer | undefined> {
  try {
    return await request;
  } catch (error) {
    if (statuses.includes(statusOf(error) ?? 0)) return undefined;
    throw error;
  }
}
