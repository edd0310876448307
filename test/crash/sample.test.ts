import { directoryOf, remove } from 'local-aws/testing';
import { runCase } from './case';
import { orphansOf } from './end-state';
import { firedOf } from './fired';
import { copyOf, type Prepared, prepare } from './prepared';
import { AS_EVER } from './setting';
import { describeWrite, type Mode, modesOf, ruleFor, type Write } from './writes';

/**
 * A sample of the crash matrix (test/crash/main.ts): faults at a write of every operation, all in one run. It drives the
 * bundles of a build, as the matrix does.
 */
let directory: string;
let prepared: Prepared;

beforeAll(async () => {
  directory = directoryOf();
  prepared = await prepare(directory, 1, AS_EVER);
}, 300_000);
afterAll(() => remove(directory));

const operationOf = ({ service, operation }: Write) => `${service}:${operation}`;

/** The first, or the last, write of each kind. */
function oneOfEach(
  writes: readonly Write[],
  kindOf: (write: Write) => string,
  which: 'first' | 'last',
): Write[] {
  const found = new Map<string, Write>();
  for (const write of writes) {
    if (which === 'first' && found.has(kindOf(write))) continue;
    found.set(kindOf(write), write);
  }
  return [...found.values()];
}

async function expectNothingLost(faults: readonly { write: Write; mode: Mode }[]): Promise<void> {
  const { base, files, undisturbed, setting } = prepared;
  const own = await copyOf(base, `${directory}/case`);
  const rules = faults.map(({ write, mode }) => ruleFor(write, mode));
  const result = await runCase({ directory: own, files, rules, undisturbed, setting, withDeltaRs: false });
  expect([...result.problems, ...(await orphansOf(own))]).toEqual([]);
  expect(firedOf(rules, own)).toEqual(rules);
}

test('the undisturbed run uses every write operation of the workflow', () => {
  expect([...new Set(prepared.writes.map(operationOf))].sort()).toEqual([
    'dynamodb:BatchWriteItem',
    'dynamodb:UpdateItem',
    'ecs:RunTask',
    'lambda:Invoke',
    's3:CopyObject',
    's3:DeleteObjects',
    's3:PutObject',
    'sns:Publish',
    'sqs:ChangeMessageVisibilityBatch',
    'sqs:DeleteMessageBatch',
    'sqs:ReceiveMessage',
    'sqs:SendMessage',
    'states:StartExecution',
  ]);
  expect(Object.values(prepared.undisturbed.places).sort()).toEqual([
    'archive',
    'archive',
    'archive',
    'archive',
    'archive',
    'rejected',
    'rejected',
  ]);
});

test('the outcome is the same if a write of every operation is refused, and a response of every operation lost', async () => {
  const refused = oneOfEach(prepared.writes, operationOf, 'first').map((write) => ({
    write,
    mode: 'refused' as const,
  }));
  const lost = oneOfEach(prepared.writes, operationOf, 'last')
    .filter((write) => !refused.some((other) => other.write.n === write.n))
    .map((write) => ({
      write,
      mode: modesOf(write).includes('lost') ? ('lost' as const) : ('twice' as const),
    }));
  await expectNothingLost([...refused, ...lost]);
}, 300_000);

test('the outcome is the same if a conditional write of every operation meets a conflict, and a copy fails after status 200', async () => {
  const conflicts = prepared.writes.filter((write) => modesOf(write).includes('conflict'));
  const early = prepared.writes.filter((write) => modesOf(write).includes('error-in-200'));
  const faults = [
    ...oneOfEach(conflicts, operationOf, 'last').map((write) => ({ write, mode: 'conflict' as const })),
    ...oneOfEach(early, operationOf, 'last').map((write) => ({ write, mode: 'error-in-200' as const })),
  ];
  expect(faults.map(({ write, mode }) => `${operationOf(write)} ${mode}`).sort()).toEqual([
    's3:CopyObject error-in-200',
    's3:DeleteObjects conflict',
    's3:PutObject conflict',
  ]);
  await expectNothingLost(faults);
}, 300_000);

test('the outcome is the same if every process is killed once, before or after one of its writes', async () => {
  const own = prepared.writes.filter(
    ({ hasProcess, service }) => hasProcess && !['ecs', 'lambda'].includes(service),
  );
  const killed = oneOfEach(own, ({ caller }) => caller, 'last').map((write, index) => ({
    write,
    mode: index % 2 === 0 ? ('killed-after' as const) : ('killed-before' as const),
  }));
  expect(killed.map(({ write }) => describeWrite(write).split(' ')[0])).toHaveLength(6);
  await expectNothingLost(killed);
}, 300_000);
