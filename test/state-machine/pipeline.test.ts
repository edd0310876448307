import { readFileSync } from 'node:fs';
import path from 'node:path';
import { RETRY_POLICIES } from '../../state-machine/retry-policies';

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

test('the states are those of the design, those of a small batch, and one that explains a batch that could not be released', () => {
  expect(topLevel.map(([name]) => name).sort()).toEqual(
    [
      ...['ValidateFiles', 'ReadValidationResult', 'HandleInvalidFiles', 'HasValidFiles', 'StageFiles'],
      ...['TransformKpis', 'ArchiveValidFiles', 'SettleBatch', 'NotifySuccess'],
      ...['IsSmallBatch', 'ValidateSmallBatch', 'StageSmallBatch', 'TransformSmallBatch'],
      ...['ReleaseBatch', 'NotifyFailure', 'PipelineFailed', 'ExplainUnreleased'],
    ].sort(),
  );
});

const ofSmallBatches = /SmallBatch$/;
const twice = /SmallBatch$|^Move/;
test.each(all.filter(([, { Type }]) => Type === 'Task'))('%s has a named retry policy', (name, state) => {
  const policies: unknown[] = Object.values(RETRY_POLICIES);
  expect(state.Retry).toHaveLength(twice.test(name) ? 2 : 1);
  for (const policy of state.Retry ?? []) expect(policies).toContainEqual(policy);
});

const failing = ['ReleaseBatch', 'NotifyFailure'];
const releasing = topLevel.filter(([name]) => !failing.includes(name) && !ofSmallBatches.test(name));
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
  ['ValidateSmallBatch', 'ValidateFiles'],
  ['StageSmallBatch', 'StageFiles'],
  ['TransformSmallBatch', 'TransformKpis'],
])(
  'what fails in %s of the task’s own account releases the batch, and all else goes on to %s',
  (name, next) => {
    expect(pipeline.States[name]?.Catch).toEqual([
      { ErrorEquals: ['TaskFailed'], ResultPath: `$.failure.${name}`, Next: 'ReleaseBatch' },
      { ErrorEquals: ['States.ALL'], ResultPath: `$.fallback.${name}`, Next: next },
    ]);
  },
);

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
