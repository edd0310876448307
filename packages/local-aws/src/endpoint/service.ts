import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Access, Caller, Decision } from '../iam/access';

/** What every request carries besides itself. */
export interface RequestContext {
  /** Unique; echoed in the answer and in errors. */
  readonly requestId: string;
  readonly account: string;
  readonly region: string;
  /** `http://host:port` as the caller addressed it. */
  readonly endpoint: string;
  /** Who asks, by the access key that signed the request. */
  readonly caller: Caller;
  /** Whether the caller may; a service asks before it does anything. */
  readonly decide: (access: Access) => Decision;
  /** Aborted when the caller has gone away or the endpoint closes; a long poll ends then. */
  readonly signal?: AbortSignal;
}

/** What the caller of an operation must be allowed, by the operation's input, once that has been checked. */
export type AccessRule = (input: Record<string, unknown>, context: RequestContext) => readonly Access[];

/** One AWS service behind the endpoint. */
export interface LocalService {
  /** The service's name in a SigV4 credential scope: `s3`, `sqs`, `sns`, `dynamodb`, `states`, `sts`. */
  readonly name: string;
  /** Answers the request, errors included, in the service's own wire format. */
  handle(request: IncomingMessage, response: ServerResponse, context: RequestContext): Promise<void>;
  /** Writes down what must survive, and lets go of files and timers. */
  close(): Promise<void>;
}

/** An error as an AWS client sees it: the service's error code, a message that names the remedy, a status. */
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
