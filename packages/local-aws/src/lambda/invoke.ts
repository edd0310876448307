import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { Caller } from '../iam/access';
import { LambdaError } from './function-config';
import type { LambdaFunctions } from './functions';

/** Answers one Invoke request. @throws LambdaError, AccessDeniedError */
export async function invoke(
  caller: Caller,
  name: string,
  body: string,
  headers: IncomingHttpHeaders,
  response: ServerResponse,
  functions: LambdaFunctions,
): Promise<void> {
  functions.config(name);
  const payload = body === '' ? '{}' : body;
  assertJson(payload);
  const type = headers['x-amz-invocation-type'] ?? 'RequestResponse';
  if (type === 'Event') {
    functions.authorize(caller, name);
    // Asynchronous: errors are in the function's log.
    void functions.invoke(caller, name, payload, 'wait').catch(() => {});
    response.writeHead(202).end();
    return;
  }
  if (type === 'DryRun') {
    functions.authorize(caller, name);
    response.writeHead(204).end();
    return;
  }
  const result = await functions.invoke(caller, name, payload, 'refuse');
  response.writeHead(200, {
    'content-type': 'application/json',
    'x-amz-executed-version': '$LATEST',
    ...(result.functionError && { 'x-amz-function-error': result.functionError }),
  });
  response.end(result.payload);
}

function assertJson(text: string): void {
  try {
    JSON.parse(text);
  } catch (error) {
    throw new LambdaError(
      'InvalidRequestContentException',
      `Could not parse request body into json: ${error instanceof Error ? error.message : error}`,
      400,
    );
  }
}
