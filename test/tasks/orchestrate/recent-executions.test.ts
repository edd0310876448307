import { catalog } from '../../../catalog/catalog';
import { RECENT_EXECUTIONS } from '../../../domain/object-keys';
import type { Executions } from '../../../tasks/orchestrate/executions';
import { type OrchestrateOutcome, run } from '../../../tasks/orchestrate/orchestrate';
import { MAX_LIST_LAG_MS } from '../../../tasks/orchestrate/recent-executions';
import { failOnce, MemoryBucket } from '../../builders/memory-bucket';
import { MemoryLedger } from '../../builders/memory-ledger';
import { MemoryQueue } from '../../builders/memory-queue';
import { RecordedMetrics } from '../../builders/recorded-metrics';
import { s3Event } from '../../builders/s3-event';
import { silentLogger } from '../../builders/silent-logger';

const STARTED_AT = Date.parse('2025-03-30T12:00:00Z');
const RUNNING = { started: false, reason: 'running' };
const EMPTY = { started: false, reason: 'empty' };

let now: number;
let bucket: MemoryBucket;
let queue: MemoryQueue;
let ledger: MemoryLedger;
let metrics: RecordedMetrics;
/** What the list shows, which the tests change themselves. */
let listed: string[];
let started: string[];
let start: Executions['start'];
let uploads = 0;

beforeEach(() => {
  now = STARTED_AT;
  bucket = new MemoryBucket();
  queue = new MemoryQueue();
  ledger = new MemoryLedger();
  metrics = new RecordedMetrics();
  listed = [];
  started = [];
  start = async (name) => {
    started.push(name);
    return 'started';
  };
});

/** Each call is another function: all that they share is in the bucket. */
const orchestrate = (ended?: string, status = 'SUCCEEDED'): Promise<OrchestrateOutcome> =>
  run(ended === undefined ? {} : { ended: { executionId: ended, status } }, {
    catalog,
    bucket,
    queue,
    ledger,
    executions: {
      listRunning: async () =>
        listed.map((executionId) => ({ executionId, startedAt: new Date(STARTED_AT) })),
      start: (name, input) => start(name, input),
    },
    reconciler: { run: async () => 0 },
    clock: () => new Date(now),
    logger: silentLogger,
    metrics,
  });

function upload(): void {
  uploads += 1;
  queue.send(s3Event({ key: `input/${uploads}.csv` }));
}

/** Uploads a file and starts its execution. @returns its name */
async function startOne(): Promise<string> {
  upload();
  expect(await orchestrate()).toMatchObject({ started: true });
  return started.at(-1) ?? '';
}

describe('an execution that ended but is still listed as running', () => {
  test('does not keep its end event from starting the next', async () => {
    const first = await startOne();
    listed = [first];
    upload();
    expect(await orchestrate(first)).toMatchObject({ started: true });
  });

  test('does not keep later invocations from starting the next', async () => {
    const first = await startOne();
    listed = [first];
    expect(await orchestrate(first)).toEqual(EMPTY);
    now += MAX_LIST_LAG_MS - 1;
    upload();
    expect(await orchestrate()).toMatchObject({ started: true });
  });

  test('is not counted beside the end of the one that followed it', async () => {
    const first = await startOne();
    upload();
    await orchestrate(first);
    listed = started;
    upload();
    expect(await orchestrate(started[1])).toMatchObject({ started: true });
    expect(started).toHaveLength(3);
  });

  test('is counted if the list still shows it after the longest lag', async () => {
    const first = await startOne();
    listed = [first];
    await orchestrate(first);
    now += MAX_LIST_LAG_MS;
    upload();
    expect(await orchestrate()).toEqual(RUNNING);
  });

  test('hides no other execution that is listed', async () => {
    listed = ['by-hand', 'ended'];
    upload();
    expect(await orchestrate('ended')).toEqual(RUNNING);
  });
});

describe('an execution that started but is not listed yet', () => {
  test('counts as running until the longest lag has passed', async () => {
    await startOne();
    upload();
    for (const passed of [0, 1000, MAX_LIST_LAG_MS - 1]) {
      now = STARTED_AT + passed;
      expect(await orchestrate()).toEqual(RUNNING);
    }
    expect(queue.waiting).toHaveLength(1);
    now = STARTED_AT + MAX_LIST_LAG_MS;
    expect(await orchestrate()).toMatchObject({ started: true });
  });

  test('has an age', async () => {
    await startOne();
    now += 5000;
    await orchestrate();
    expect(metrics.lines.at(-1)?.values).toEqual({ RunningExecutionAge: 5 });
  });

  test('no longer counts once its end was announced, although it ran for seconds', async () => {
    const first = await startOne();
    now += 2000;
    expect(await orchestrate(first)).toEqual(EMPTY);
    upload();
    expect(await orchestrate()).toMatchObject({ started: true });
  });

  test('counts during the late or repeated end event of an earlier one', async () => {
    const first = await startOne();
    upload();
    await orchestrate(first);
    upload();
    expect(await orchestrate(first)).toEqual(RUNNING);
    now += MAX_LIST_LAG_MS - 1;
    expect(await orchestrate(first)).toEqual(RUNNING);
    expect(started).toHaveLength(2);
  });

  test('counts for a function whose clock is behind that of the one that started it', async () => {
    await startOne();
    upload();
    now -= 2000;
    expect(await orchestrate()).toEqual(RUNNING);
  });

  test('counts for longer than the lag once it is listed', async () => {
    listed = [await startOne()];
    now += 10 * MAX_LIST_LAG_MS;
    upload();
    expect(await orchestrate()).toEqual(RUNNING);
  });
});

describe('a start that fails', () => {
  test('may have taken effect, so it blocks the next for the longest lag and no longer; its files wait', async () => {
    upload();
    start = () => Promise.reject(new Error('connection reset'));
    await expect(orchestrate()).rejects.toThrow('connection reset');
    expect(await orchestrate()).toEqual(RUNNING);
    expect(queue.waiting).toHaveLength(1);
    start = async () => 'started';
    now += MAX_LIST_LAG_MS;
    expect(await orchestrate()).toMatchObject({ started: true, counts: { files: 1 } });
  });

  test('and that may not have been recorded is not requested', async () => {
    upload();
    bucket.before = failOnce('put', (key) => key === RECENT_EXECUTIONS);
    await expect(orchestrate()).rejects.toThrow('connection reset');
    expect(started).toEqual([]);
    expect(queue.waiting).toHaveLength(1);
    expect(ledger.all).toMatchObject([{ outcome: 'waiting' }]);
  });

  test('because its name exists blocks nothing', async () => {
    upload();
    start = async () => 'exists';
    expect(await orchestrate()).toEqual({ started: false, reason: 'exists' });
    start = async () => 'started';
    expect(await orchestrate()).toMatchObject({ started: true });
  });
});

test('a start is recorded before it is requested, so that a crash between the two starts no second one', async () => {
  upload();
  let recorded: string | undefined;
  start = async (name) => {
    recorded = bucket.text(RECENT_EXECUTIONS);
    expect(recorded).toContain(name);
    return 'started';
  };
  await orchestrate();
  expect(recorded).toBeDefined();
});

test('an end is forgotten after the longest lag, so that the record stays small', async () => {
  for (const name of ['e-1', 'e-2']) await orchestrate(name);
  now += MAX_LIST_LAG_MS;
  await orchestrate('e-3');
  expect(JSON.parse(bucket.text(RECENT_EXECUTIONS) ?? '')).toMatchObject({
    ended: [{ execution_id: 'e-3' }],
  });
});

test('a record of another form counts as none', async () => {
  await bucket.put(RECENT_EXECUTIONS, '{"version":2}');
  upload();
  expect(await orchestrate()).toMatchObject({ started: true });
});
