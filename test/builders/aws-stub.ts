import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A response: XML inside the result element of the query protocol, or an object for JSON; or an error. */
export type Answer = string | object | StubError;

/** An error response, with the service's error code. */
export class StubError {
  constructor(
    readonly code: string,
    readonly status = 400,
    readonly message = code,
  ) {}
}

export interface AwsStub {
  readonly endpoint: string;
  /** Every request, as in {@link startAwsStub}. */
  readonly asked: string[];
  stop(): Promise<void>;
}

const DENIED = new StubError('AccessDenied', 403);

/**
 * A server that answers like AWS: in the query protocol, in JSON, and S3. A request is named like `iam:GetRole`, or like
 * `lambda:GET /2016-08-19/account-settings` where the URL names the operation. One without an answer is denied.
 */
export async function startAwsStub(answers: Readonly<Record<string, Answer>>): Promise<AwsStub> {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    const { name, action } = requestOf(request, body);
    asked.push(name);
    const answer = answers[name] ?? DENIED;
    const isXml = action !== undefined || name.startsWith('s3:');
    response.setHeader('content-type', isXml ? 'text/xml' : 'application/json');
    if (answer instanceof StubError) {
      response.writeHead(answer.status, { 'x-amzn-errortype': answer.code });
      response.end(
        isXml ? xmlError(name, answer) : JSON.stringify({ __type: answer.code, message: answer.message }),
      );
    } else if (action === undefined || name.startsWith('s3:')) {
      response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
    } else {
      // EC2 has no result element.
      const result = name.startsWith('ec2:') ? answer : `<${action}Result>${answer}</${action}Result>`;
      response.end(`<${action}Response>${result}</${action}Response>`);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function requestOf({ method, url = '', headers }: IncomingMessage, body: string) {
  const [, service = ''] = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(headers.authorization ?? '') ?? [];
  const target = headers['x-amz-target'];
  const action = headers['content-type']?.startsWith('application/x-www-form-urlencoded')
    ? (new URLSearchParams(body).get('Action') ?? undefined)
    : undefined;
  const [path] = url.split('?');
  const operation = action ?? (typeof target === 'string' ? target.split('.').at(-1) : `${method} ${path}`);
  return { name: `${service}:${operation}`, action };
}

function xmlError(name: string, { code, message }: StubError): string {
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>`;
  if (name.startsWith('s3:')) return error;
  return name.startsWith('ec2:')
    ? `<Response><Errors>${error}</Errors><RequestID>1</RequestID></Response>`
    : `<ErrorResponse>${error}<RequestId>1</RequestId></ErrorResponse>`;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += chunk;
  return body;
}
