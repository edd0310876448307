import {
  DescribeExecutionCommand,
  type SFNClient,
  SFNServiceException,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { StateError } from '../errors';
import { isObject, type Json, type JsonObject } from '../json';
import type { Integration, TaskContext } from './integration';
import { sdkFailure } from './sdk-call';

const SERVICE = { prefix: 'StepFunctions', title: 'AWSStepFunctions', base: 'AWSStepFunctionsException' };

/**
 * `states:startExecution.sync:2`: runs a nested execution and waits for it. The result is the described execution, with
 * input and output as JSON. An unsuccessful one is the error `States.TaskFailed` with the described execution as its
 * cause. The nested execution is stopped when the state times out or the parent execution ends.
 * https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html
 * @param untilEnded resolves when the execution has ended
 */
export function startExecutionIntegration(
  clientOf: (context: TaskContext) => SFNClient,
  untilEnded: (executionArn: string) => Promise<void>,
): Integration {
  return {
    resource: 'arn:aws:states:::states:startExecution.sync:2',
    parameters: ['Input', 'Name', 'StateMachineArn'],
    async run({ StateMachineArn, Name, Input = {} }, context) {
      const { signal, onSubmitted } = context;
      const client = clientOf(context);
      const named = (error: unknown) =>
        sdkFailure(SERVICE, error, (fault) => fault.constructor !== SFNServiceException);
      const { executionArn = '', startDate } = await client
        .send(
          new StartExecutionCommand({
            stateMachineArn: String(StateMachineArn),
            ...(Name !== undefined && { name: String(Name) }),
            input: typeof Input === 'string' ? Input : JSON.stringify(Input),
          }),
        )
        .catch((error) => Promise.reject(named(error)));
      onSubmitted({ ExecutionArn: executionArn, StartDate: startDate?.getTime() ?? 0 });
      // Best effort: without permission the nested execution keeps running.
      const stop = () => void client.send(new StopExecutionCommand({ executionArn })).catch(() => {});
      if (signal.aborted) stop();
      signal.addEventListener('abort', stop, { once: true });
      await untilEnded(executionArn);
      signal.removeEventListener('abort', stop);
      const { $metadata: _, ...answer } = await client
        .send(new DescribeExecutionCommand({ executionArn }))
        .catch((error) => Promise.reject(named(error)));
      const described = inStateData(JSON.parse(JSON.stringify(answer)));
      for (const text of ['Input', 'Output']) {
        if (typeof described[text] === 'string') described[text] = JSON.parse(described[text]);
      }
      if (answer.status === 'SUCCEEDED') return described;
      throw new StateError('States.TaskFailed', JSON.stringify(described));
    },
  };
}

/** Converts names to Pascal case and times to milliseconds. */
function inStateData(answer: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(answer).map(([name, value]): [string, Json] => {
      const written = isObject(value) ? inStateData(value) : value;
      return [
        `${name.charAt(0).toUpperCase()}${name.slice(1)}`,
        name.endsWith('Date') ? Date.parse(String(value)) : written,
      ];
    }),
  );
}
