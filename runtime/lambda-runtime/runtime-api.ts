import { request } from 'node:http';

/** One invocation of the function. */
export interface Invocation {
  readonly requestId: string;
  /** JSON text. */
  readonly event: string;
  /** The start of billing. For the first invocation of a process this is the process's start. */
  readonly billedSince: Date;
}

/** A failed invocation, as Lambda returns it to the caller: Step Functions uses `errorType` as the error's name. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly stackTrace: readonly string[];
}

/** The outcome of an invocation. */
export type Answer = { readonly result: unknown } | { readonly error: FunctionError };

/** The Runtime API does not answer as expected; the process must end. */
export class RuntimeApiError extends Error {
  override readonly name = 'RuntimeApiError';
}

/**
 * Handles one invocation after another, as Lambda requires of a runtime. It never returns: Lambda stops or kills the process.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 *
 * @param host `127.0.0.1:9001`, from AWS_LAMBDA_RUNTIME_API
 * @param handle must not reject: its answer has any failure
 * @throws RuntimeApiError
 */
export async function serveInvocations(
  host: string,
  handle: (invocation: Invocation) => Promise<Answer>,
): Promise<never> {
  let started: Date | undefined = new Date(Date.now() - process.uptime() * 1000);
  for (;;) {
    const { requestId, event } = await nextInvocation(host);
    const answer = await handle({ requestId, event, billedSince: started ?? new Date() });
    started = undefined;
    const base = `/runtime/invocation/${requestId}`;
    if ('result' in answer) await call(host, 'POST', `${base}/response`, JSON.stringify(answer.result));
    else
      await call(host, 'POST', `${base}/error`, JSON.stringify(answer.error), {
        'lambda-runtime-function-error-type': answer.error.errorType,
      });
  }
}

async function nextInvocation(host: string): Promise<Pick<Invocation, 'requestId' | 'event'>> {
  const { headers, body } = await call(host, 'GET', '/runtime/invocation/next');
  const requestId = headers['lambda-runtime-aws-request-id'];
  if (typeof requestId !== 'string') throw new RuntimeApiError('an invocation came without a request id');
  return { requestId, event: body };
}

/** Uses node:http because fetch times out after five minutes, and the next invocation may come hours later. */
function call(
  host: string,
  method: 'GET' | 'POST',
  path: string,
  body = '',
  headers: Readonly<Record<string, string>> = {},
): Promise<{ headers: NodeJS.Dict<string | string[]>; body: string }> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new RuntimeApiError(`${method} ${path}: ${why}`));
    const url = `http://${host}/2018-06-01${path}`;
    const sent = request(url, { method, headers: { ...headers, 'content-length': Buffer.byteLength(body) } });
    sent.on('error', ({ message }) => fail(message));
    sent.on('response', (response) => {
      const { statusCode = 0 } = response;
      const chunks: Buffer[] = [];
      response.on('error', ({ message }) => fail(message));
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        if (statusCode < 200 || statusCode > 299) fail(`expected 2xx, got ${statusCode}: ${text}`);
        else resolve({ headers: response.headers, body: text });
      });
    });
    sent.end(body);
  });
}
