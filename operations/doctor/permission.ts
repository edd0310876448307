/** The credentials lack a permission that a check needs. */
export class MissingPermissionError extends Error {
  override readonly name = 'MissingPermissionError';
  /** @param permission an action of IAM, such as `iam:GetRole` */
  constructor(readonly permission: string) {
    super(`needs ${permission}`);
  }
}

/** The error codes of a request that IAM denied, by service. */
const DENIED = [
  'AccessDenied',
  'AccessDeniedException',
  'AuthorizationError',
  'AuthorizationErrorException',
  'UnauthorizedOperation',
];

/**
 * Sends a request that needs the permission.
 * @throws MissingPermissionError if IAM denied it
 */
export async function requires<Response>(
  permission: string,
  request: () => Promise<Response>,
): Promise<Response> {
  try {
    return await request();
  } catch (error) {
    if (isDenied(error)) throw new MissingPermissionError(permission);
    throw error;
  }
}

/** The response; undefined if the service answers with one of these error codes. */
export async function unlessNamed<Response>(
  names: readonly string[],
  request: Promise<Response>,
): Promise<Response | undefined> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof Error && names.includes(error.name)) return undefined;
    throw error;
  }
}

/** The HTTP status of a response that is an error. */
export const statusOf = (error: unknown): number | undefined =>
  (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode;

/** S3 answers a HEAD request without an error code. */
const isDenied = (error: unknown): boolean =>
  statusOf(error) === 403 || (error instanceof Error && DENIED.includes(error.name));
