import { backOff } from './back-off';
import { codeOf } from './s3-errors';

/**
 * Codes of S3's status 409 for a write that met another request for the same key in progress. Its condition was not
 * evaluated: the object may exist or not.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html#conditional-error-response
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
export const CONFLICTS: readonly string[] = ['ConditionalRequestConflict', 'OperationAborted'];

const MAX_ATTEMPTS = 6;
/** At most 0.1 + 0.2 + 0.4 + 0.8 + 1.6 = 3.1 s of waiting. */
const BACK_OFF = { firstMs: 50 };

export const isConflict = (error: unknown): boolean => CONFLICTS.includes(codeOf(error) ?? '');

/**
 * Repeats a write while S3 answers that another request for the key is in progress.
 * @throws what the write throws: after the last attempt the conflict itself. The other request may be an earlier attempt of
 * this write whose response was lost, so the write may have taken effect.
 */
export async function retryConflicts<Result>(write: () => Promise<Result>): Promise<Result> {
  for (let attempts = 1; ; attempts++) {
    try {
      return await write();
    } catch (error) {
      if (!isConflict(error) || attempts === MAX_ATTEMPTS) throw error;
      await backOff(attempts, BACK_OFF);
    }
  }
}
