import { StateError } from '../../packages/local-aws/src/stepfunctions/errors';
import type { JsonObject } from '../../packages/local-aws/src/stepfunctions/json';
import { StatesHarness, task } from '../../packages/local-aws/test/stepfunctions/harness';
import { withRetryPolicies } from '../../state-machine/retry-policies';
import runTask from '../../state-machine/run-task.asl.json';

let states: StatesHarness;
beforeAll(async () => {
  states = await StatesHarness.start();
});
afterAll(() => states.stop());

const { Parameters, Retry } = withRetryPolicies<{
  Parameters: { CapacityProviderStrategy: object[] };
  Retry: unknown[];
}>(runTask.States.RunOnFargate);

/** The strategy of RunOnFargate, and its retries without their waits, as the parameters of a call that the test answers. */
function deploy(firstCapacityProvider: string): void {
  const strategy = JSON.stringify(Parameters.CapacityProviderStrategy).replaceAll(
    `\${${'FirstCapacityProvider'}}`,
    firstCapacityProvider,
  );
  states.deploy({
    Stage: task({
      Parameters: { FunctionName: 'f', Payload: JSON.parse(strategy) },
      Retry: Retry.map((policy) => ({ ...(policy as object), IntervalSeconds: 1, BackoffRate: 1 })),
      End: true,
    }),
  });
}

/** Where each try went, all but the last of `outcomes` failing. */
async function triesOf(name: string, failures: string[]): Promise<unknown[]> {
  const tries: unknown[] = [];
  states.invoke = ({ Payload }) => {
    tries.push((Payload as JsonObject[])[0]?.CapacityProvider);
    const failure = failures[tries.length - 1];
    if (failure) throw new StateError(failure, 'no');
    return 'done';
  };
  const { status } = await states.run(name);
  return [...tries, status];
}

test('a task that finds no room on Spot, or loses it, goes on demand', async () => {
  deploy('FARGATE_SPOT');
  expect(await triesOf('no-room', ['ECS.AmazonECSException', 'States.TaskFailed'])).toEqual([
    'FARGATE_SPOT',
    'FARGATE',
    'FARGATE',
    'SUCCEEDED',
  ]);
  expect(await triesOf('room', [])).toEqual(['FARGATE_SPOT', 'SUCCEEDED']);
});

test('without Spot every try is on demand', async () => {
  deploy('FARGATE');
  expect(await triesOf('on-demand', ['States.TaskFailed'])).toEqual(['FARGATE', 'FARGATE', 'SUCCEEDED']);
});
