import { readFileSync } from 'node:fs';
import path from 'node:path';
import { RETRY_POLICIES } from '../../state-machine/retry-policies';

interface State {
  Type: string;
  Resource?: string;
  Retry?: unknown[];
  Catch?: { ErrorEquals: string[]; Next: string }[];
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

test.each(all.filter(([, { Type }]) => Type === 'Task'))('%s has a named retry policy', (_, state) => {
  const policies: unknown[] = Object.values(RETRY_POLICIES);
  expect(state.Retry).toHaveLength(1);
  expect(policies).toContainEqual(state.Retry?.[0]);
});

const failing = ['ReleaseBatch', 'NotifyFailure'];
test.each(topLevel.filter(([name, { Type }]) => /Task|Map/.test(Type) && !failing.includes(name)))(
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
