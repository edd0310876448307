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
 * `states:startExecution.sync:2`: runs an execution of another state machine to its end. The result is the described
 * execution, its input and output as JSON. One that did not succeed is the error `States.TaskFailed`, whose cause is the
 * described execution. It is stopped when the state's time is over, or the execution that started it ends.
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
      // As far as it can be: a role without the right leaves the nested execution running.
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

/** Names as Step Functions writes them, and times in milliseconds. */
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
