import type { ServerResponse } from 'node:http';
import type { Caller } from '../iam/access';
import type { LambdaFunctions } from './functions';

/**
 * Answers one GetFunctionConfiguration request, with the fields that a template gives.
 * https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConfiguration.html
 * @throws LambdaError, AccessDeniedError
 */
export function getFunctionConfiguration(
  caller: Caller,
  reference: string,
  response: ServerResponse,
  functions: LambdaFunctions,
): void {
  functions.authorize(caller, reference, 'lambda:GetFunctionConfiguration');
  const { name, arn, roleArn, environment, timeoutSeconds, memoryMb } = functions.config(reference);
  const configuration = {
    FunctionName: name,
    FunctionArn: arn,
    Role: roleArn,
    Timeout: timeoutSeconds,
    MemorySize: memoryMb,
    Version: '$LATEST',
    State: 'Active',
    Environment: { Variables: environment },
  };
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(configuration));
}
