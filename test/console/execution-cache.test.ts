import {
  DescribeExecutionCommand,
  DescribeStateMachineForExecutionCommand,
  GetExecutionHistoryCommand,
  type HistoryEvent,
} from '@aws-sdk/client-sfn';
import { ExecutionCache } from '../../console/server/execution-cache';
import { fakeDeployment } from '../builders/fake-deployment';

let asked: unknown[];
let events: HistoryEvent[];
let status: string;

/** Step Functions with one execution, `e1`, which has as many events and the status as the test says. */
async function answer(command: { input: object }): Promise<object> {
  if (command instanceof DescribeExecutionCommand) {
    asked.push('describe');
    if (!command.input.executionArn?.endsWith(':e1')) {
      throw Object.assign(new Error('none'), { name: 'ExecutionDoesNotExist' });
    }
    const input = '{"files":3,"bytes":10}';
    return {
      status,
      input,
      startDate: new Date(0),
      ...(status !== 'RUNNING' && { stopDate: new Date(9) }),
    };
  }
  if (command instanceof GetExecutionHistoryCommand) {
    const { reverseOrder, maxResults = 0, nextToken = '0' } = command.input;
    asked.push(reverseOrder ? `latest ${maxResults}` : `first ${maxResults}`);
    const ordered = reverseOrder ? [...events].reverse() : events;
    const end = Number(nextToken) + maxResults;
    const rest = end < ordered.length ? { nextToken: String(end) } : {};
    return { events: ordered.slice(Number(nextToken), end), ...rest };
  }
  if (command instanceof DescribeStateMachineForExecutionCommand) {
    asked.push('definition');
    return { definition: '{"States":{}}' };
  }
  throw new Error('not asked for here');
}

const happen = (count: number, type: HistoryEvent['type'] = 'TaskStarted') => {
  for (let n = 0; n < count; n++) {
    events.push({ id: events.length + 1, previousEventId: events.length, type, timestamp: new Date(0) });
  }
};
const ids = (history: readonly { id: number }[]) => history.map(({ id }) => id);
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n + 1);

let cache: ExecutionCache;
beforeEach(() => {
  asked = [];
  events = [];
  status = 'RUNNING';
  cache = new ExecutionCache(fakeDeployment(answer));
});

test('of a history only what came since is asked for, and nothing once it is whole', async () => {
  happen(1200);
  expect(ids(await cache.history('e1'))).toEqual(upTo(1200));
  expect(asked.splice(0)).toEqual(['first 1000', 'first 1000']);
  happen(130);
  expect(ids(await cache.history('e1'))).toEqual(upTo(1330));
  expect(asked.splice(0)).toEqual(['latest 100', 'latest 100']);
  happen(1, 'ExecutionSucceeded');
  await cache.history('e1');
  expect(asked.splice(0)).toEqual(['latest 100']);
  expect(ids(await cache.history('e1'))).toEqual(upTo(1331));
  expect(asked).toEqual([]);
});

test('one that has ended is described once, one that runs each time', async () => {
  expect(await cache.reports(['e1'])).toMatchObject([{ status: 'RUNNING', files: 3, ended: null }]);
  await cache.reports(['e1']);
  expect(asked.splice(0)).toEqual(['describe', 'describe']);
  status = 'FAILED';
  expect(await cache.reports(['e1'])).toMatchObject([
    { status: 'FAILED', files: 3, rows: null, dollars: null },
  ]);
  await cache.reports(['e1']);
  expect(asked.splice(0)).toEqual(['describe']);
  await cache.describe('e1');
  await cache.describe('e1');
  expect(asked.splice(0)).toEqual(['describe']);
});

test('a name that is not there spoils no other, and says so when it is asked for alone', async () => {
  expect(await cache.reports(['gone', 'e1'])).toMatchObject([{ name: 'e1' }]);
  await expect(cache.describe('gone')).rejects.toThrow('there is no execution "gone"');
});

test('a definition is asked for once', async () => {
  await cache.definition('e1');
  expect(await cache.definition('e1')).toBe('{"States":{}}');
  expect(asked).toEqual(['definition']);
});
