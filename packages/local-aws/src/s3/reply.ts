import type { FileHandle } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { AwsError } from '../endpoint/service';
import { S3Error } from './errors';
import type { ByteRange } from './ranges';
import { element } from './xml';

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An XML document, or a range of a file, which is closed after it is sent. */
  readonly body?: string | { readonly file: FileHandle; readonly range: ByteRange };
}

const READ_BYTES = 256 * 1024;

export function xmlReply(document: string, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status: 200, headers, body: document };
}

/** Sends a reply; also resolves when the client disconnects. HEAD gets no document. */
export async function send(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers = {}, body }: Reply,
  requestId: string,
): Promise<void> {
  const common: Record<string, string> = { ...headers, 'x-amz-request-id': requestId, 'x-amz-id-2': 'local' };
  // The unread rest of a rejected body must not be parsed as the next request.
  if (!request.complete) common.connection = 'close';
  if (body === undefined || typeof body === 'string') {
    const document = request.method === 'HEAD' ? undefined : body;
    const bytes = Buffer.from(document ?? '');
    const described: Record<string, string> = {};
    if (document !== undefined) described['content-type'] = 'application/xml';
    if (status !== 204 && status !== 304) described['content-length'] = String(bytes.length);
    response.writeHead(status, { ...described, ...common });
    response.end(bytes);
    return;
  }
  const stream = body.file.createReadStream({ ...body.range, highWaterMark: READ_BYTES });
  try {
    response.writeHead(status, common);
    await pipeline(stream, response);
  } catch (error) {
    if (!response.headersSent) throw error;
    response.destroy();
  } finally {
    stream.destroy();
  }
}

/** The error document. Errors other than AwsError become InternalError with the cause. */
export function errorReply(error: unknown, resource: string, requestId: string): Reply {
  const known = error instanceof AwsError ? error : internalError(error);
  const { detail = {}, headers = {} } = known instanceof S3Error ? known : {};
  if (known.status === 304) return { status: 304, headers };
  const body = [
    element('Code', known.code),
    element('Message', known.message),
    ...Object.entries(detail).map(([name, value]) => element(name, value)),
    element('Resource', resource),
    element('RequestId', requestId),
    element('HostId', 'local'),
  ].join('');
  return {
    status: known.status,
    headers,
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${body}</Error>`,
  };
}

export const quotedEtag = (etag: string): string => `"${etag}"`;

function internalError(cause: unknown): S3Error {
  return new S3Error('InternalError', `We encountered an internal error. Please try again. ${cause}`, 500);
}
