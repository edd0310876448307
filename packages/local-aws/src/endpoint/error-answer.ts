import type { IncomingMessage, ServerResponse } from 'node:http';
import { AwsError } from './service';
import { element, XML_HEADER } from './xml';

/** Authentication errors whose code depends on the protocol; Query services use the key. */
const NAMES: Readonly<Record<string, { readonly json: string; readonly xml: string }>> = {
  MissingAuthenticationToken: {
    json: 'MissingAuthenticationTokenException',
    xml: 'MissingAuthenticationToken',
  },
  InvalidClientTokenId: { json: 'UnrecognizedClientException', xml: 'InvalidAccessKeyId' },
};

/**
 * Answers a request that reached no service with an error in the caller's protocol: JSON, Query or S3's XML.
 */
export function answerError(
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
  error: unknown,
): void {
  const { code, message, status } =
    error instanceof AwsError
      ? error
      : new AwsError('InternalFailure', error instanceof Error ? error.message : String(error), 500);
  const contentType = String(request.headers['content-type'] ?? '');

  if (request.headers['x-amz-target'] !== undefined || /json/.test(contentType)) {
    const type = NAMES[code]?.json ?? code;
    const wanted = /^application\/x-amz-json-1\.[01]/.exec(contentType)?.[0] ?? 'application/x-amz-json-1.0';
    send(response, status, wanted, JSON.stringify({ __type: type, message }));
  } else if (contentType.startsWith('application/x-www-form-urlencoded')) {
    send(response, status, 'text/xml', queryErrorBody({ code, message, status }, requestId));
  } else {
    const body = element('Error', { Code: NAMES[code]?.xml ?? code, Message: message, RequestId: requestId });
    send(response, status, 'application/xml', XML_HEADER + body);
  }
}

/** https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#operation-error-serialization */
export function queryErrorBody(
  error: { readonly code: string; readonly message: string; readonly status: number },
  requestId: string,
  xmlns?: string,
): string {
  const fields = {
    Type: error.status < 500 ? 'Sender' : 'Receiver',
    Code: error.code,
    Message: error.message,
  };
  return XML_HEADER + element('ErrorResponse', { Error: fields, RequestId: requestId }, xmlns);
}

function send(response: ServerResponse, status: number, contentType: string, body: string): void {
  response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
