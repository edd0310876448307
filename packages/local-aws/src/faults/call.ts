import type { IncomingMessage } from 'node:http';
import type { Access, Caller } from '../iam/access';

/** A request to a service, as rules and lists speak of it. */
export interface Call {
  readonly service: string;
  /** `PutObject`, `DeleteMessageBatch` */
  readonly operation: string;
  /** Without what differs from run to run: `uploads/{uuid}/part.csv`, a queue's, table's or function's name. */
  readonly resource: string;
  /** A role's name, a service's, or `local`. */
  readonly caller: string;
}

/** By the word that stands for it, what differs from run to run; the patterns are global. */
export type Placeholders = Readonly<Record<string, RegExp>>;

export const UUID = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g;

/** Requests of S3 that change nothing have the name of what they need to be allowed, which is near enough. */
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

/** Whether the operation changes anything: to receive a message hides it and counts. */
export const isWrite = ({ operation }: Call): boolean => WRITE.test(operation);

/**
 * The call that a request is, by one of the accesses that the service asks for; undefined: another one tells.
 * A copy needs to read its source first. A test's own requests for faults are none.
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
  const operation = known ?? (isCopy ? 'CopyObject' : action);
  // Many keys in one request, the first of which differs from run to run.
  const resource = operation === 'DeleteObjects' ? access.resource.split('/')[0] : access.resource;
  return {
    service,
    operation,
    resource: withPlaceholders(resource ?? '', placeholders),
    caller: callerLabel(caller),
  };
}

/** An ARN's own part; an object's key; nothing that differs from run to run. */
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
