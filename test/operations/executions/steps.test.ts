import { readFileSync } from 'node:fs';
import type { HistoryEventType } from '@aws-sdk/client-sfn';
import type { ExecutionEvent } from '../../../domain/execution-history';
import { viewEvent } from '../../../operations/executions/execution';
import { statesAhead, stepsOf } from '../../../operations/executions/steps';
import { packagePath } from '../../../package-path';

const definition = JSON.parse(readFileSync(packagePath('state-machine', 'pipeline.asl.json'), 'utf8'));

/**
 * Events a second apart: `TaskStateEntered ValidateFiles`, `MapStateStarted 3`, `TaskFailed`; each after the one before, or
 * after the one whose number stands in front, `2 MapIterationStarted`.
 */
function history(...lines: string[]): ExecutionEvent[] {
  let left = '';
  return lines.map((line, index) => {
    const [, after, type = '', detail = ''] = /^(?:(\d+) )?(\w+) ?(.*)$/.exec(line) ?? [];
    if (type.endsWith('Entered')) left = detail;
    return viewEvent({
      id: index + 1,
      previousEventId: after === undefined ? index : Number(after),
      type: type as HistoryEventType,
      timestamp: new Date(index * 1000),
      ...(type.endsWith('Entered') && { stateEnteredEventDetails: { name: detail } }),
      ...(type.endsWith('Exited') && { stateExitedEventDetails: { name: detail || left } }),
      ...(type === 'MapStateStarted' && { mapStateStartedEventDetails: { length: Number(detail) } }),
    });
  });
}

const told = (...lines: string[]) =>
  stepsOf(history(...lines)).map(({ state, status, started, ended, tries, items }) => [
    state,
    status,
    ended ? (ended.getTime() - started.getTime()) / 1000 : null,
    tries,
    items ? `${items.done}/${items.all}` : null,
  ]);

test('lists the states that were entered, with the attempts of a task', () => {
  expect(
    told(
      'ExecutionStarted',
      'ChoiceStateEntered IsKnown',
      'ChoiceStateExited',
      'TaskStateEntered ValidateFiles',
      'TaskScheduled',
      'TaskStarted',
      'TaskFailed',
      'TaskScheduled',
    ),
  ).toEqual([
    ['IsKnown', 'succeeded', 1, 0, null],
    ['ValidateFiles', 'running', null, 2, null],
  ]);
});

test('distinguishes a caught failure from the one that failed the execution', () => {
  expect(
    told(
      'ExecutionStarted',
      'TaskStateEntered StageFiles',
      'TaskScheduled',
      'TaskFailed',
      'TaskStateExited',
      'TaskStateEntered ReleaseBatch',
      'TaskScheduled',
      'TaskSucceeded',
      'TaskStateExited',
      'FailStateEntered PipelineFailed',
      'ExecutionFailed',
    ),
  ).toEqual([
    ['StageFiles', 'caught', 3, 1, null],
    ['ReleaseBatch', 'succeeded', 3, 1, null],
    ['PipelineFailed', 'failed', 1, 0, null],
  ]);
  expect(told('TaskStateEntered StageFiles', 'TaskScheduled', 'ExecutionAborted')).toEqual([
    ['StageFiles', 'stopped', 2, 1, null],
  ]);
});

test('a Map state counts its completed items; states inside it are not listed', () => {
  const running = [
    'MapStateEntered ArchiveValidFiles',
    'MapStateStarted 3',
    '2 MapIterationStarted',
    '2 MapIterationStarted',
    '3 TaskStateEntered MoveGroup',
    'TaskScheduled',
    'TaskSucceeded',
    'TaskStateExited',
    'MapIterationSucceeded',
  ];
  expect(told(...running)).toEqual([['ArchiveValidFiles', 'running', null, 0, '1/3']]);
  const failed = [
    ...running,
    '4 TaskFailed',
    'MapIterationFailed',
    'MapStateFailed',
    'MapStateExited ArchiveValidFiles',
    'TaskStateEntered ReleaseBatch',
  ];
  expect(told(...failed)).toEqual([
    ['ArchiveValidFiles', 'caught', 12, 0, '1/3'],
    ['ReleaseBatch', 'running', null, 0, null],
  ]);
});

const STEPS = ['ValidateFiles', 'ReadValidationResult', 'HandleInvalidFiles', 'HasValidFiles', 'StageFiles'];
const LAST = ['TransformKpis', 'ArchiveValidFiles', 'SettleBatch', 'NotifySuccess'];
test.each([
  ['nothing yet', [], [...STEPS, ...LAST]],
  ['the validation', STEPS.slice(0, 3), [...STEPS.slice(3), ...LAST]],
  ['a failure', ['ValidateFiles', 'ReleaseBatch'], ['NotifyFailure', 'PipelineFailed']],
  ['everything', ['NotifySuccess'], []],
])('after %s the remaining states are listed', (_, entered, ahead) => {
  const steps = stepsOf(history(...entered.map((name) => `TaskStateEntered ${name}`)));
  expect(statesAhead(definition, steps)).toEqual(ahead);
});
