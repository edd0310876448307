import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Access, Caller, Decision } from '../iam/access';

/** Context of a request. */
export interface RequestContext {
  /** Unique; returned in responses and errors. */
  readonly requestId: string;
  readonly account: string;
  readonly region: string;
  /** `http://host:port` as in the request's Host header. */
  readonly endpoint: string;
  /** The owner of the access key that signed the request. */
  readonly caller: Caller;
  /** Checks the caller's permission; a service calls it before any effect. */
  readonly decide: (access: Access) => Decision;
  /** Aborted when the caller disconnects or the endpoint closes; ends a long poll. */
  readonly signal?: AbortSignal;
}

/** The permissions that an operation needs for its validated input. */
export type AccessRule = (input: Record<string, unknown>, context: RequestContext) => readonly Access[];

/** One AWS service behind the endpoint. */
export interface LocalService {
  /** The service's name in a SigV4 credential scope: `s3`, `sqs`, `sns`, `dynamodb`, `states`, `sts`. */
  readonly name: string;
  /** Answers the request, including errors, in the service's protocol. */
  handle(request: IncomingMessage, response: ServerResponse, context: RequestContext): Promise<void>;
  /** Flushes state and releases files and timers. */
  close(): Promise<void>;
}

/** APIs for web pages, on paths of their own; requests to them are not signed. */
export interface WebApis {
  /** True for a request to one of their paths. */
  accepts(request: IncomingMessage): boolean;
  /** Answers the request, including errors. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/** An error response: the service's error code, a message that names the remedy, an HTTP status. */
export class AwsError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
  ) {
    super(message);
    this.name = 'AwsError';
  }
}

/** @throws AwsError RequestEntityTooLarge beyond `limit` bytes */
export async function readBody(request: IncomingMessage, limit = 16 * 1024 * 1024): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > limit)
      throw new AwsError('RequestEntityTooLarge', `The request is over ${limit} bytes.`, 413);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
