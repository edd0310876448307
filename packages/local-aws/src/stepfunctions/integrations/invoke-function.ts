import type { RoleSession } from '../../iam/access';
import { AccessDeniedError } from '../../iam/denied';
import { LambdaError } from '../../lambda/function-config';
import type { LambdaFunctions } from '../../lambda/functions';
import { StateError } from '../errors';
import { isObject, type Json } from '../json';
import type { Integration, TaskContext } from './integration';

/**
 * `lambda:invoke`: the result is `{Payload, StatusCode, ExecutedVersion}`. A function error has the name of its errorType
 * and Lambda's JSON as its cause: `{errorType, errorMessage, trace}`.
 * https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html
 */
export function invokeFunctionIntegration(
  functions: LambdaFunctions,
  actAs: (context: TaskContext) => RoleSession,
): Integration {
  return {
    resource: 'arn:aws:states:::lambda:invoke',
    parameters: ['ClientContext', 'FunctionName', 'InvocationType', 'LogType', 'Payload', 'Qualifier'],
    async run({ FunctionName, Payload = {} }, context) {
      const caller = actAs(context);
      const invoked = functions.invoke(caller, String(FunctionName), JSON.stringify(Payload), 'refuse');
      const { payload, functionError } = await invoked.catch((error: unknown) => {
        throw failure(error);
      });
      const result: Json = JSON.parse(payload);
      if (functionError) {
        const type = isObject(result) ? result.errorType : undefined;
        throw new StateError(String(type ?? 'Lambda.Unknown'), payload);
      }
      return { ExecutedVersion: '$LATEST', Payload: result, StatusCode: 200 };
    },
  };
}

/** Lambda's model has no access denied error, so the error has the service's generic name. */
function failure(error: unknown): unknown {
  if (error instanceof AccessDeniedError) {
    const facts = `Service: AWSLambda; Status Code: ${error.status}; Error Code: ${error.code}`;
    return new StateError('Lambda.AWSLambdaException', `${error.message} (${facts})`);
  }
  return error instanceof LambdaError ? new StateError(`Lambda.${error.code}`, error.message) : error;
}
