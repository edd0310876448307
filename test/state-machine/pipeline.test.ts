import { readFileSync } from 'node:fs';
import path from 'node:path';
import { withRetryPolicies } from '../../state-machine/retry-policies';
import runTask from '../../state-machine/run-task.asl.json';
import spark from '../../state-machine/spark.asl.json';

interface State {
  Type: string;
  Resource?: string;
  Retry?: unknown[];
  Catch?: { ErrorEquals: string[]; Next: string }[];
  ItemsPath?: string;
  Parameters?: { Payload?: unknown };
  ItemProcessor?: { States: Record<string, State> };
}

/** That it is valid, and its timeouts against others, test/infra/checks/workflow.ts holds. */
const text = readFileSync(path.join(__dirname, '../../state-machine/pipeline.asl.json'), 'utf8');
const pipeline: { States: Record<string, State> } = JSON.parse(text);

const topLevel = Object.entries(pipeline.States);
const all = topLevel.flatMap(([name, state]) => [
  [name, state] as const,
  ...Object.entries(state.ItemProcessor?.States ?? {}),
]);

test('the states are those of the design, and one that explains a batch that could not be released', () => {
  expect(topLevel.map(([name]) => name).sort()).toEqual(
    [
      ...['ValidateFiles', 'ReadValidationResult', 'HandleInvalidFiles', 'HasValidFiles', 'StageFiles'],
      ...['TransformKpis', 'ArchiveValidFiles', 'SettleBatch', 'NotifySuccess'],
      ...['ReleaseBatch', 'NotifyFailure', 'PipelineFailed', 'ExplainUnreleased'],
    ].sort(),
  );
});

test.each(
  [...all, ...Object.entries({ ...runTask.States, ...spark } as Record<string, State>)].filter(
    ([, { Type }]) => Type === 'Task',
  ),
)('%s is tried again by policies that there are', (_, state) => {
  expect(state.Retry).not.toHaveLength(0);
  for (const policy of withRetryPolicies(state).Retry ?? [])
    expect(policy).toMatchObject({ ErrorEquals: expect.any(Array), MaxAttempts: expect.any(Number) });
  expect(() => withRetryPolicies({ Retry: ['RETRY_EVER'] })).toThrow('got RETRY_EVER');
});

const failing = ['ReleaseBatch', 'NotifyFailure'];
const releasing = topLevel.filter(([name]) => !failing.includes(name));
test.each(releasing.filter(([, { Type }]) => /Task|Map/.test(Type)))(
  'whatever fails in %s releases the batch',
  (_, state) => {
    expect(state.Catch).toEqual([
      expect.objectContaining({ ErrorEquals: ['States.ALL'], Next: 'ReleaseBatch' }),
    ]);
  },
);

test.each(failing)('a failure of %s still ends in PipelineFailed', (name) => {
  expect(pipeline.States[name]?.Catch?.[0]?.ErrorEquals).toEqual(['States.ALL']);
});

test.each([
  ['ValidateFiles', 'validate'],
  ['StageFiles', 'stage'],
  ['TransformKpis', 'transform'],
])('%s runs %s in a nested execution, a new one at each try', (name, task) => {
  const { Resource, Parameters } = pipeline.States[name] ?? {};
  expect(Resource).toBe('arn:aws:states:::states:startExecution.sync:2');
  expect(Parameters).toMatchObject({
    'Name.$': `States.Format('{}-${task}-{}', $$.Execution.Name, $$.State.RetryCount)`,
    Input: { task, 'execution_id.$': '$$.Execution.Name', 'batch.$': '$$.Execution.Input' },
  });
});

test('what fails as a function of the task’s own account fails the task, and all else goes on to Fargate', () => {
  expect(runTask.States.RunOnLambda.Catch).toEqual([
    { ErrorEquals: ['TaskFailed'], ResultPath: '$.failure', Next: 'TaskFailed' },
    { ErrorEquals: ['States.ALL'], ResultPath: '$.fallback', Next: 'RunOnFargate' },
  ]);
});

test('a function whose image is prepared again is waited for, for two minutes', () => {
  const { Retry = [] } = withRetryPolicies<State>(runTask.States.RunOnLambda);
  const policies = Retry as { ErrorEquals: string[]; IntervalSeconds: number; MaxAttempts: number }[];
  for (const error of [
    'CodeArtifactUserPendingException',
    'ResourceConflictException',
    'AWSLambdaException',
  ]) {
    // Step Functions takes the first that matches.
    const policy = policies.find(({ ErrorEquals }) => ErrorEquals.includes(`Lambda.${error}`));
    expect(policy).toMatchObject({ IntervalSeconds: 10, BackoffRate: 1, MaxAttempts: 12 });
  }
  expect(policies.flatMap(({ ErrorEquals }) => ErrorEquals)).not.toContain(
    'Lambda.CodeArtifactUserFailedException',
  );
});

test.each([
  ['HandleInvalidFiles', 'MoveInvalidFiles', 'invalid'],
  ['ArchiveValidFiles', 'MoveValidFiles', 'valid'],
])('%s hands group by group to %s', (name, step, outcome) => {
  const { ItemsPath, ItemProcessor } = pipeline.States[name] ?? {};
  expect(ItemsPath).toBe(`$.validation.routing.${outcome}`);
  expect(Object.keys(ItemProcessor?.States ?? {})).toEqual([step]);
  const { Payload } = ItemProcessor?.States[step]?.Parameters ?? {};
  expect(Payload).toEqual({ 'execution_id.$': '$$.Execution.Name', outcome, 'group.$': '$' });
});
