import type { IncomingMessage } from 'node:http';
import type { Access, Caller } from '../iam/access';

/** A request to a service, as rules match it and lists show it. */
export interface Call {
  readonly service: string;
  /** `PutObject`, `DeleteMessageBatch` */
  readonly operation: string;
  /** Object key, or name of the queue, table or function, with placeholders for run-specific parts: `uploads/{uuid}/part.csv`. */
  readonly resource: string;
  /** Name of a role or service, or `local`. */
  readonly caller: string;
  /**
   * Set for an S3 write with If-Match or If-None-Match, and for every DeleteObjects: its conditions are in its body, which
   * is read later.
   */
  readonly isConditional?: true;
}

/** Global patterns of run-specific text, by placeholder name. */
export type Placeholders = Readonly<Record<string, RegExp>>;

export const UUID = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g;

/** Other S3 requests are named after the required action. */
const S3_WRITES: readonly [matches: RegExp, operation: string][] = [
  [/^POST [^?]*\?.*\buploads\b/, 'CreateMultipartUpload'],
  [/^POST [^?]*\?.*\buploadId=/, 'CompleteMultipartUpload'],
  [/^DELETE [^?]*\?.*\buploadId=/, 'AbortMultipartUpload'],
  [/^PUT [^?]*\?.*\buploadId=/, 'UploadPart'],
  [/^(PUT|DELETE) [^?]*\?.*\btagging\b/, 'PutObjectTagging'],
  [/^POST [^?]*\?.*\bdelete\b/, 'DeleteObjects'],
  [/^DELETE /, 'DeleteObject'],
];

const WRITE =
  /^(?:Put|Copy|Delete|Create|Complete|Abort|Upload|Send|Receive|Change|Purge|Set|Start|Stop)|^(?:Update|Transact)|^(?:Publish|Subscribe|Unsubscribe|BatchWrite|Invoke|RunTask)/;

/** These can fail after S3 has sent the status 200. */
const ANSWERED_EARLY = /^(?:CopyObject|UploadPartCopy|CompleteMultipartUpload)$/;

/** True if S3 can answer the call with status 200 and an error document. */
export const isAnsweredEarly = ({ service, operation }: Pick<Call, 'service' | 'operation'>): boolean =>
  service === 's3' && ANSWERED_EARLY.test(operation);

/** Receiving a message is a write: it hides the message and increments its receive count. */
export const isWrite = ({ operation }: Pick<Call, 'operation'>): boolean => WRITE.test(operation);

/**
 * The call of a request, derived from a permission check; undefined for the read access of a copy, which checks its
 * write access later, and for requests to the faults service.
 */
export function callOf(
  request: IncomingMessage,
  caller: Caller,
  access: Access,
  placeholders: Placeholders,
): Call | undefined {
  const [service = '', action = ''] = access.action.split(':');
  if (service === 'faults') return undefined;
  const target = request.headers['x-amz-target'];
  if (service !== 's3') {
    const operation = String(target ?? '').split('.')[1] ?? action;
    return {
      service,
      operation,
      resource: withPlaceholders(access.resource, placeholders),
      caller: callerLabel(caller),
    };
  }
  const isCopy = request.headers['x-amz-copy-source'] !== undefined;
  if (isCopy && action !== 'PutObject') return undefined;
  const line = `${request.method} ${request.url}`;
  const known = S3_WRITES.find(([matches]) => matches.test(line))?.[1];
  const operation = isCopy ? (known ? 'UploadPartCopy' : 'CopyObject') : (known ?? action);
  const isConditional =
    operation === 'DeleteObjects' ||
    (isWrite({ operation }) && (has(request, 'if-match') || has(request, 'if-none-match')));
  // The request contains many keys, and the first one differs from run to run.
  const resource = operation === 'DeleteObjects' ? access.resource.split('/')[0] : access.resource;
  return {
    service,
    operation,
    resource: withPlaceholders(resource ?? '', placeholders),
    caller: callerLabel(caller),
    ...(isConditional && { isConditional }),
  };
}

const has = (request: IncomingMessage, header: string): boolean => request.headers[header] !== undefined;

/** The resource name in an ARN, or an object's key, with placeholders. */
export function withPlaceholders(arn: string, placeholders: Placeholders): string {
  const own = arn.startsWith('arn:') ? arn.split(':').slice(5).join(':') : arn;
  const name = arn.startsWith('arn:aws:s3:::')
    ? own.replace(/^[^/]*\//, '')
    : own.replace(/^[a-zA-Z]+[:/]/, '');
  return Object.entries(placeholders).reduce(
    (text, [word, pattern]) => text.replaceAll(pattern, `{${word}}`),
    name,
  );
}

export function callerLabel(caller: Caller): string {
  if (caller.kind === 'administrator') return 'local';
  return caller.kind === 'role' ? (caller.roleArn.split('/').at(-1) ?? caller.roleArn) : caller.arn;
}
