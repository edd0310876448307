import { S3ServiceException } from '@aws-sdk/client-s3';

/** The codes of responses that a caller can expect. */
export type S3Code =
  /** The object does not exist. */
  | 'NoSuchKey'
  /** A condition is false: another version is there, or, for a write that must create the object, any version. */
  | 'PreconditionFailed'
  /** The range begins at or after the end of the object. */
  | 'InvalidRange';

/** How the SDK names an error without a document, such as every error of HEAD. */
const UNNAMED = ['NotFound', 'Unknown'];
const CODES_BY_STATUS: Readonly<Record<number, string>> = { 404: 'NoSuchKey', 412: 'PreconditionFailed' };

/**
 * The code of an error of S3; undefined for any other error. The status does not tell errors apart: a copy, or the completion
 * of a multipart upload, can fail after S3 sent the status 200, and the SDK reports 503 for whatever code the document has.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
 */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof S3ServiceException)) return undefined;
  const byStatus = CODES_BY_STATUS[error.$metadata.httpStatusCode ?? 0];
  return (UNNAMED.includes(error.name) ? byStatus : undefined) ?? error.name;
}

/** The response of S3; undefined if it is an error with one of these codes. Any other error is thrown. */
export async function ignoreErrors<Response>(
  codes: readonly S3Code[],
  request: Promise<Response>,
): Promise<Response | undefined> {
  try {
    return await request;
  } catch (error) {
    if (codes.some((code) => code === codeOf(error))) return undefined;
    throw error;
  }
}

/** S3 answered a write with status 200, but without the ETag of the object. */
export class UnconfirmedWriteError extends Error {
  override readonly name = 'UnconfirmedWriteError';
  constructor(readonly key: string) {
    super(`${key}: expected the ETag of the written object, got a response without one`);
  }
}

/**
 * The ETag in the response to a copy or a multipart upload. The SDK recognises an error in a response with status 200 only if
 * nothing follows its document.
 * @throws UnconfirmedWriteError if there is none
 */
export function confirmedEtag(
  key: string,
  result: { readonly ETag?: string | undefined } | undefined,
): string {
  if (!result?.ETag) throw new UnconfirmedWriteError(key);
  return result.ETag;
}
