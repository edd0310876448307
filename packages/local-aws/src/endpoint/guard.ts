import type { IncomingMessage } from 'node:http';
import { AwsError } from './service';

/**
 * Protects the endpoint from web pages in the user's browser. Local programs send an Authorization header, whose access
 * key identifies the caller and whose signature is not verified. A web page cannot send that header across origins
 * without a preflight, which is rejected, and DNS rebinding fails because the Host must be a loopback name.
 */

const LOOPBACK_HOST = /^(127\.0\.0\.1|localhost|\[::1\]|([a-z0-9_-][a-z0-9_.-]*\.)localhost)(:\d{1,5})?$/i;

/** Query parameters of presigned URLs, signature versions 4 and 2. */
const PRESIGNED = ['x-amz-signature', 'x-amz-credential', 'x-amz-algorithm', 'signature', 'awsaccesskeyid'];

/** @throws AwsError 403 for a name that could have been resolved to this computer by another's DNS */
export function assertLoopbackHost({ headers: { host } }: IncomingMessage): void {
  if (host !== undefined && LOOPBACK_HOST.test(host)) return;
  throw new AwsError(
    'AccessDenied',
    `The Host header is ${JSON.stringify(host ?? '')}: expected 127.0.0.1, localhost, [::1] or a name under .localhost.`,
    403,
  );
}

/** @throws AwsError 403 for a request that a web page could have sent */
export function rejectCrossOrigin(request: IncomingMessage): void {
  const { origin, authorization } = request.headers;
  assertLoopbackHost(request);
  if (origin !== undefined) {
    throw new AwsError('AccessDenied', `Requests of web pages are refused (Origin: ${origin}).`, 403);
  }
  if (request.method === 'OPTIONS') {
    throw new AwsError('AccessDenied', 'Cross-origin requests are not allowed.', 403);
  }
  const query = new URLSearchParams(request.url?.split('?')[1] ?? '');
  if ([...query.keys()].some((name) => PRESIGNED.includes(name.toLowerCase()))) {
    throw new AwsError(
      'AccessDenied',
      'Presigned URLs are not supported locally, since a web page could use them: send an Authorization header.',
      403,
    );
  }
  if (authorization === undefined || authorization.trim() === '') {
    throw new AwsError(
      'MissingAuthenticationToken',
      'The request has no Authorization header: sign it, with any credentials (AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local).',
      403,
    );
  }
}

/** The fields of a request's signature, not verified. */
export interface Signature {
  readonly accessKeyId: string;
  readonly sessionToken: string | undefined;
  /** Service name in the credential scope: `s3`, `states`. */
  readonly service: string;
}

/**
 * Reads access key and service from the credential in the Authorization header.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 * @throws AwsError if the header is not a version 4 signature
 */
export function readSignature(request: IncomingMessage): Signature {
  const authorization = request.headers.authorization ?? '';
  const scope = /^AWS4-[A-Z0-9-]+\s.*?Credential=([^,\s]+)/.exec(authorization)?.[1]?.split('/') ?? [];
  const [accessKeyId, service] = [scope[0], scope.at(-2)];
  if (scope.length < 4 || scope.at(-1) !== 'aws4_request' || !service || !accessKeyId) {
    throw new AwsError(
      'IncompleteSignature',
      'The Authorization header is not of the form AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request, ...',
      403,
    );
  }
  const token = request.headers['x-amz-security-token'];
  return {
    accessKeyId,
    sessionToken: Array.isArray(token) ? token[0] : token,
    service: service.toLowerCase(),
  };
}
