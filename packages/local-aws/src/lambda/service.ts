import type { IncomingMessage, ServerResponse } from 'node:http';
import { AwsError, type LocalService, readBody } from '../endpoint/service';
import { answerMappingRequest, isMappingRequest } from './event-sources/api';
import type { EventSourceMappings } from './event-sources/event-source-mappings';
import { LambdaError } from './function-config';
import type { LambdaFunctions } from './functions';
import { getFunctionConfiguration } from './get-function-configuration';
import { invoke } from './invoke';

/**
 * The Lambda API: Invoke, GetFunctionConfiguration and, with `mappings`, the operations on event source mappings.
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export function createLambdaService(
  functions: LambdaFunctions,
  mappings?: EventSourceMappings,
): LocalService {
  return {
    name: 'lambda',
    close: () => functions.close(),
    async handle(request, response, context) {
      const { caller } = context;
      try {
        const url = new URL(request.url ?? '/', 'http://local');
        if (mappings && isMappingRequest(url)) {
          await answerMappingRequest(request, url, response, context, mappings);
          return;
        }
        const path = /^\/2015-03-31\/functions\/([^/]+)\/(invocations|configuration)$/.exec(url.pathname);
        const [, name, what] = path ?? [];
        if (request.method === 'GET' && name !== undefined && what === 'configuration') {
          getFunctionConfiguration(caller, decodeURIComponent(name), response, functions);
          return;
        }
        if (request.method !== 'POST' || name === undefined || what !== 'invocations') {
          throw new AwsError(
            'NotImplemented',
            `lambda: ${request.method} ${url.pathname} is not supported locally; Invoke, GetFunctionConfiguration and the operations on event source mappings are`,
            501,
          );
        }
        await invoke(
          caller,
          decodeURIComponent(name),
          await body(request),
          request.headers,
          response,
          functions,
        );
      } catch (error) {
        answerError(response, error);
      }
    },
  };
}

/** Lambda's payload limit is 6 MB. */
async function body(request: IncomingMessage): Promise<string> {
  return (await readBody(request, 6 * 1024 * 1024)).toString('utf8');
}

function answerError(response: ServerResponse, error: unknown): void {
  const known = error instanceof AwsError || error instanceof LambdaError;
  const { code, status } = known ? error : { code: 'ServiceException', status: 500 };
  response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': code });
  response.end(
    JSON.stringify({ Type: 'User', Message: error instanceof Error ? error.message : String(error) }),
  );
}
