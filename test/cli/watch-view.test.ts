import { drawFrame } from '../../cli/watch-view';
import type { WatchedExecution } from '../../operations/executions/follow';
import type { LiveStep } from '../../operations/executions/steps';

const at = (seconds: number) => new Date(Date.UTC(2025, 2, 1, 0, 0, seconds));
const step = (state: string, started: number, rest: Partial<LiveStep> = {}): LiveStep => ({
  state,
  status: 'succeeded',
  started: at(started),
  ended: at(started + 1),
  tries: 1,
  nested: undefined,
  items: undefined,
  ...rest,
});
const execution: WatchedExecution = {
  name: '20250301T000000Z-0123456789ab',
  status: 'RUNNING',
  started: at(0),
  ended: undefined,
  report: undefined,
  cause: undefined,
  steps: [
    step('NotifySuccess', 0, { status: 'caught' }),
    step('ValidateFiles', 1, { tries: 2 }),
    step('HandleInvalidFiles', 2, { status: 'running', ended: undefined, items: { all: 3, done: 1 } }),
  ],
  ahead: ['StageFiles'],
  files: [
    { key: 'a.csv', outcome: 'valid', bytes: 1200, rows: 12, bad_rows: 1 },
    { key: 'b.csv', outcome: 'invalid', bytes: 300, rows: 0, bad_rows: 0 },
  ],
};
const queue = { waiting: 3, in_flight: 2, dead_letters: 1 };
const options = { now: at(7), hasColour: false, columns: 60 };

test('draws an execution with its batch, its states and the remaining ones', () => {
  expect(drawFrame({ queue, execution }, options)).toEqual([
    'queue      3 waiting, 2 in flight, 1 dead letter',
    'execution  20250301T000000Z-0123456789ab  RUNNING  7.0 s',
    'batch      2 files, 1.5 kB; 1 valid, 1 invalid; 12 rows, 1 ',
    '  ! NotifySuccess          1.0 s  failed, error caught',
    '  ✓ ValidateFiles          1.0 s  attempt 2',
    '  ● HandleInvalidFiles     5.0 s  1 of 3',
    '  · StageFiles',
  ]);
});

test('colours only the marks, and only if colours are enabled', () => {
  const coloured = drawFrame({ queue, execution }, { ...options, hasColour: true });
  expect(coloured.at(-2)).toBe('  \u001b[36m●\u001b[0m HandleInvalidFiles     5.0 s  1 of 3');
  expect(drawFrame({ queue, execution }, options).join('')).not.toContain('\u001b');
});

test('prints the full cause of a failure, with escaped control characters', () => {
  const failed = {
    ...execution,
    status: 'FAILED',
    steps: [],
    ahead: [],
    cause: `${'a long story '.repeat(9)}\u001b[2J`,
  };
  const lines = drawFrame({ queue, execution: failed }, options).slice(3);
  expect(lines.join(' ').replace(/ +/g, ' ').trim()).toBe(`${'a long story '.repeat(9)}\\u001b[2J`);
  for (const line of lines) expect(line.length).toBeLessThan(60);
});

test('says so if no execution is running', () => {
  expect(drawFrame({ queue, execution: undefined }, options)).toEqual([
    'queue      3 waiting, 2 in flight, 1 dead letter',
    'no execution is running; waiting for one',
  ]);
});
