import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { InvokeMessage, ResultMessage } from './runtime-protocol';

/** The Lambda Runtime API for one process of an image. */
export interface RuntimeApi {
  /** `127.0.0.1:<port>`, for AWS_LAMBDA_RUNTIME_API. */
  readonly host: string;
  /** Answers the process's current or next request for an invocation. */
  deliver(message: InvokeMessage): void;
  /** Called with every result. */
  onResult: (message: ResultMessage) => void;
  close(): void;
}

const INVOCATION = '/2018-06-01/runtime/invocation';
/** Lambda's limit on a response payload. */
const MAX_BYTES = 6 * 1024 * 1024;

/**
 * Starts the Runtime API for one process on the loopback address.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export async function openRuntimeApi(functionArn: string): Promise<RuntimeApi> {
  let waiting: ServerResponse | undefined;
  let next: InvokeMessage | undefined;
  let running: string | undefined;

  const handOver = () => {
    if (!waiting || !next) return;
    const { requestId, payload, deadline } = next;
    running = requestId;
    waiting.writeHead(200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': requestId,
      'lambda-runtime-deadline-ms': String(deadline),
      'lambda-runtime-invoked-function-arn': functionArn,
      'lambda-runtime-trace-id': `Root=1-${Math.floor(Date.now() / 1000).toString(16)}-${'0'.repeat(24)};Sampled=0`,
    });
    waiting.end(payload);
    waiting = undefined;
    next = undefined;
  };

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { method, url = '' } = request;
    if (method === 'GET' && url === `${INVOCATION}/next`) {
      waiting = response;
      handOver();
      return;
    }
    const [, requestId, how] = /^\/([^/]+)\/(response|error)$/.exec(url.slice(INVOCATION.length)) ?? [];
    if (method !== 'POST' || !url.startsWith(INVOCATION) || requestId === undefined) {
      return refuse(response, 404, 'NotFound', `${method} ${url} is not supported locally`);
    }
    const payload = await bodyOf(request);
    if (payload === undefined) {
      return refuse(response, 413, 'RequestEntityTooLarge', `a result may have ${MAX_BYTES} bytes`);
    }
    if (requestId !== running) return refuse(response, 400, 'InvalidRequestID', 'Invalid request ID');
    running = undefined;
    response.writeHead(202, { 'content-type': 'application/json' }).end('{"status":"OK"}');
    api.onResult({ requestId, payload: payload === '' ? 'null' : payload, failed: how === 'error' });
  };

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  // A process may wait for its next invocation without limit.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const api: RuntimeApi = {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    onResult: () => {},
    deliver(message) {
      next = message;
      handOver();
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return api;
}

function refuse(response: ServerResponse, status: number, errorType: string, errorMessage: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ errorType, errorMessage }));
}

/** undefined if the body exceeds the limit. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
