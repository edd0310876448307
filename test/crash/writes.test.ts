import type { NumberedWrite } from 'local-aws/faults';
import { readOptions } from './options';
import { pickPairs } from './random-pairs';
import { totalsText } from './report';
import { AS_EVER } from './setting';
import { canonical, type Mode, modesOf, ruleFor } from './writes';

const write = (caller: string, operation: string, resource: string, more: Partial<NumberedWrite> = {}) => ({
  n: 0,
  nth: 1,
  service: operation === 'RunTask' ? 'ecs' : 's3',
  operation,
  resource,
  caller,
  hasProcess: false,
  ...more,
});

const names = (writes: readonly NumberedWrite[]) =>
  canonical(writes).map(({ n, resource }) => `${n} ${resource}`);

test('writes have the same numbers whichever of a task, or of a Map, came first; uploads of a person have none', () => {
  const stage = [write('stage', 'PutObject', 'b'), write('stage', 'PutObject', 'a')];
  const upload = write('local', 'PutObject', 'input/x');
  const run = write('workflow', 'RunTask', 'validate');
  const orchestrate = ['batch', 'told'].map((name) => write('orchestrate', 'PutObject', name));
  const [batch, told] = orchestrate as [NumberedWrite, NumberedWrite];
  const expected = ['1 batch', '2 told', '3 validate', '4 a', '5 b'];
  expect(names([upload, batch, told, run, ...stage])).toEqual(expected);
  expect(names([upload, batch, run, told, ...stage.reverse()])).toEqual(expected);
  const invoke = write('workflow', 'Invoke', 'validate', { service: 'lambda' });
  expect(names([upload, batch, invoke, told, ...stage])).toEqual(expected);
});

test('a write is killed only where there is a process, and lost, late or twice only where it is a message', () => {
  expect(modesOf(write('stage', 'PutObject', 'a', { hasProcess: true }))).toEqual([
    'refused',
    'lost',
    'killed-before',
    'killed-after',
    'down-before',
    'down-after',
  ]);
  expect(modesOf(write('workflow', 'CopyObject', 'a'))).not.toContain('killed-after');
  const event = write('s3.amazonaws.com', 'SendMessage', 'q', { service: 'sqs' });
  expect(modesOf(event)).toEqual(['refused', 'dropped', 'twice', 'late', 'down-before', 'down-after']);
});

test('a conflict meets only a conditional write, and an error after status 200 only a copy or a completion', () => {
  const entry = write('stage', 'PutObject', 'a', { isConditional: true });
  expect(modesOf(entry)).toContain('conflict');
  expect(modesOf(entry)).not.toContain('error-in-200');
  for (const operation of ['CopyObject', 'CompleteMultipartUpload']) {
    expect(modesOf(write('move', operation, 'a'))).toContain('error-in-200');
    expect(modesOf(write('move', operation, 'a'))).not.toContain('conflict');
  }
});

test('a fault names its write by what it is, and which one of those alike', () => {
  expect(ruleFor(write('stage', 'PutObject', 'a', { nth: 3 }), 'killed-after')).toEqual({
    service: 's3',
    operation: 'PutObject',
    resource: 'a',
    caller: 'stage',
    nth: 3,
    effect: { do: 'kill', at: 'after' },
  });
});

test('a seed gives the same pairs again, another one others', () => {
  const writes = canonical(['a', 'b', 'c', 'd'].map((name) => write('stage', 'PutObject', name)));
  const pairs = (seed: number) => {
    let left = 20;
    const picked = [...pickPairs(writes, seed, () => left-- > 0)];
    return picked.map(({ faults }) => faults.map((fault) => `${fault.write.n}:${fault.mode}`).join('+'));
  };
  expect(pairs(7)).toHaveLength(20);
  expect(pairs(7)).toEqual(pairs(7));
  expect(pairs(8)).not.toEqual(pairs(7));
});

test('a case that failed is repeated by what it was called', () => {
  expect(readOptions(['--only', '17:lost', '--only', '3:twice+8:killed-after']).only).toEqual([
    [{ n: 17, mode: 'lost' }],
    [
      { n: 3, mode: 'twice' },
      { n: 8, mode: 'killed-after' },
    ],
  ]);
  expect(() => readOptions(['--only', '17:broken'])).toThrow(
    '"broken": expected a mode, one of killed-after',
  );
  expect(() => readOptions(['--seconds', '-1'])).toThrow();
});

test('tasks run on Fargate, and every case of the matrix, where nothing else is asked for', () => {
  expect(readOptions([])).toMatchObject({ setting: AS_EVER, skip: 0, matrix: true });
  expect(readOptions(['--functions', '--skip', '120'])).toMatchObject({
    setting: { tasksOn: 'lambda', returns: false, events: false },
    skip: 120,
  });
});

test('the totals count what failed and where the fault did not come', () => {
  const done = (mode: Mode, problems: string[], fired: number) => ({
    faults: [{ write: write('stage', 'PutObject', 'a'), mode }],
    problems,
    fired,
    ticks: 1,
    seconds: 2,
  });
  const cases = [done('lost', [], 1), done('lost', ['bad'], 1), done('refused', [], 0)];
  expect(totalsText(cases, 6)).toBe(
    [
      'lost: 2 cases, 1 failed',
      'refused: 1 cases, 0 failed, 1 without the fault',
      'all: 3 cases, 1 failed, 1 without the fault; 6 s, 2.0 s per case',
    ].join('\n'),
  );
});
