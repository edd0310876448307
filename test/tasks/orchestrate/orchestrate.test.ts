import { catalog } from '../../../catalog/catalog';
import { batchManifestKey, taskResultKey } from '../../../domain/object-keys';
import type { BatchManifest } from '../../../domain/workflow';
import { writeBatchManifest } from '../../../storage/batch-manifest';
import { BATCH_LIMITS, type BatchLimits } from '../../../tasks/orchestrate/batch';
import type { Executions } from '../../../tasks/orchestrate/executions';
import { type OrchestrateInput, run } from '../../../tasks/orchestrate/orchestrate';
import { Reconciler } from '../../../tasks/orchestrate/reconcile';
import { MemoryBucket } from '../../builders/memory-bucket';
import { MemoryLedger } from '../../builders/memory-ledger';
import { MemoryQueue } from '../../builders/memory-queue';
import { RecordedMetrics } from '../../builders/recorded-metrics';
import { s3Event } from '../../builders/s3-event';
import { silentLogger } from '../../builders/silent-logger';

function setUp(
  options: { runningSince?: Date; start?: Executions['start']; limits?: Partial<BatchLimits> } = {},
) {
  const bucket = new MemoryBucket();
  const queue = new MemoryQueue();
  const ledger = new MemoryLedger();
  const started: string[] = [];
  const executions: Executions = {
    listRunning: async () =>
      options.runningSince ? [{ executionId: 'running', startedAt: options.runningSince }] : [],
    start:
      options.start ??
      (async (name) => {
        started.push(name);
        return 'started';
      }),
  };
  const metrics = new RecordedMetrics();
  const reconciler = new Reconciler(15 * 60_000);
  const orchestrate = (input: OrchestrateInput = {}) =>
    run(input, {
      bucket,
      queue,
      ledger,
      executions,
      catalog,
      reconciler,
      clock: () => new Date('2025-03-30T12:00:05Z'),
      logger: silentLogger,
      metrics,
      limits: { ...BATCH_LIMITS, ...options.limits },
    });
  /** The end of the last execution that was started. */
  const end = (status = 'SUCCEEDED') => orchestrate({ ended: { executionId: started.at(-1) ?? '', status } });
  const manifest = (name: string): BatchManifest => JSON.parse(bucket.text(batchManifestKey(name)) ?? '{}');
  return { bucket, queue, ledger, started, metrics, orchestrate, end, manifest };
}

test('starts one execution for all waiting files, its manifest written first', async () => {
  const { queue, started, orchestrate, manifest } = setUp();
  queue.send(s3Event({ key: 'input/orders.csv' }));
  queue.send(s3Event({ key: 'input/products.csv' }));
  const outcome = await orchestrate();
  expect(outcome).toMatchObject({ started: true, counts: { files: 2, messages: 2 } });
  expect(started).toHaveLength(1);
  const [name = ''] = started;
  expect(name).toMatch(/^20250330T120000Z-[0-9a-f]{12}$/);
  expect(manifest(name).files.map(({ key }) => key)).toEqual(['input/orders.csv', 'input/products.csv']);
  expect(manifest(name).messages).toHaveLength(2);
  expect(queue.inFlight).toHaveLength(2);
  expect(queue.held).toHaveLength(2);
});

test('starts none while one runs, and takes no message', async () => {
  const { queue, started, orchestrate } = setUp({ runningSince: new Date('2025-03-30T11:59:00Z') });
  queue.send(s3Event({ key: 'input/orders.csv' }));
  expect(await orchestrate()).toEqual({ started: false, reason: 'running' });
  expect(started).toEqual([]);
  expect(queue.waiting).toEqual(['m1']);
});

test('emits the age of the running execution at every call, and nothing without one', async () => {
  const running = setUp({ runningSince: new Date('2025-03-30T11:20:00Z') });
  await running.orchestrate();
  expect(running.metrics.lines.map(({ values }) => values)).toEqual([{ RunningExecutionAge: 40 * 60 + 5 }]);

  const idle = setUp();
  await idle.orchestrate();
  expect(idle.metrics.lines).toEqual([]);
});

test('an empty queue starts none', async () => {
  expect(await setUp().orchestrate()).toEqual({ started: false, reason: 'empty' });
});

test('two uploads of one key are one file, the newer, and both messages are settled with it', async () => {
  const { queue, started, orchestrate, manifest } = setUp();
  queue.send(s3Event({ key: 'input/a.csv', etag: 'new', time: '2025-03-30T12:00:02.000Z' }));
  queue.send(s3Event({ key: 'input/a.csv', etag: 'old', time: '2025-03-30T12:00:01.000Z' }));
  await orchestrate();
  const { files, replaced, messages } = manifest(started[0] ?? '');
  expect(files.map(({ etag }) => etag)).toEqual(['new']);
  expect(replaced?.map(({ etag }) => etag)).toEqual(['old']);
  expect(messages).toHaveLength(2);
});

test('an unreadable message is made visible again, so that redrive counts it', async () => {
  const { queue, orchestrate } = setUp();
  queue.send('hello');
  expect(await orchestrate()).toEqual({ started: false, reason: 'empty' });
  expect(queue.waiting).toEqual(['m1']);
});

test('a folder marker is deleted from the queue and starts nothing', async () => {
  const { queue, orchestrate } = setUp();
  queue.send(s3Event({ key: 'input/folder/' }));
  expect(await orchestrate()).toEqual({ started: false, reason: 'empty' });
  expect([...queue.waiting, ...queue.inFlight]).toEqual([]);
});

test('a start that fails releases every message', async () => {
  const { queue, orchestrate } = setUp({ start: () => Promise.reject(new Error('throttled')) });
  queue.send(s3Event({ key: 'input/a.csv' }));
  await expect(orchestrate()).rejects.toThrow('throttled');
  expect(queue.waiting).toEqual(['m1']);
  expect(queue.inFlight).toEqual([]);
});

test('the execution runs even if its messages cannot be kept hidden', async () => {
  const { queue, started, orchestrate } = setUp();
  queue.send(s3Event({ key: 'input/a.csv' }));
  queue.hold = () => Promise.reject(new Error('throttled'));
  expect(await orchestrate()).toMatchObject({ started: true });
  expect(started).toHaveLength(1);
  expect(queue.inFlight).toEqual(['m1']);
});

test('a name that exists releases the messages, whose next receive gives another name', async () => {
  const names: string[] = [];
  const { queue, orchestrate } = setUp({
    start: async (name) => {
      names.push(name);
      return 'exists';
    },
  });
  queue.send(s3Event({ key: 'input/a.csv' }));
  expect(await orchestrate()).toEqual({ started: false, reason: 'exists' });
  await orchestrate();
  expect(new Set(names).size).toBe(2);
});

test('a batch stops at the limit of files; the rest waits', async () => {
  const { queue, orchestrate } = setUp({ limits: { files: 3 } });
  for (let i = 0; i < 5; i++) queue.send(s3Event({ key: `input/${i}.csv` }));
  expect(await orchestrate()).toMatchObject({ counts: { files: 3 } });
  expect(queue.waiting).toHaveLength(2);
});

test('a batch stops once it holds the limit of bytes', async () => {
  const { queue, orchestrate } = setUp({ limits: { bytes: 100 } });
  for (let i = 0; i < 25; i++) queue.send(s3Event({ key: `input/${i}.csv`, size: 60 }));
  // Messages come ten at a time, and those that came are taken.
  expect(await orchestrate()).toMatchObject({ counts: { files: 10 } });
  expect(queue.waiting).toHaveLength(15);
});

test('a batch takes no more files than fit its bytes by their mean size', async () => {
  const { queue, orchestrate } = setUp({ limits: { bytes: 1000 } });
  for (let i = 0; i < 100; i++) queue.send(s3Event({ key: `input/${i}.csv`, size: 60 }));
  expect(await orchestrate()).toMatchObject({ counts: { files: 17 } });
  expect(queue.waiting).toHaveLength(83);
});

test('the end of an interrupted execution releases its batch and starts the next', async () => {
  const { queue, started, orchestrate } = setUp();
  queue.send(s3Event({ key: 'input/a.csv' }));
  await orchestrate();
  const [first = ''] = started;
  const outcome = await orchestrate({ ended: { executionId: first, status: 'ABORTED' } });
  expect(outcome).toMatchObject({ started: true });
  expect(started).toHaveLength(2);
  expect(started[1]).not.toBe(first);
});

test.each([
  ['released its batch', 'succeeded', 1],
  ['could not release its batch', 'failed', 2],
])(
  'the end of an execution that failed and %s starts no more than is needed',
  async (_, status, executions) => {
    const { bucket, queue, started, orchestrate } = setUp();
    queue.send(s3Event({ key: 'input/a.csv' }));
    await orchestrate();
    const [executionId = ''] = started;
    const report = {
      execution_id: executionId,
      outcome: 'failed',
      summary: '',
      counts: {},
      files: [],
      files_omitted: 0,
    };
    const settled = {
      task: 'settle',
      execution_id: executionId,
      started_at: '',
      duration_ms: 1,
      mode: 'release',
    };
    await bucket.put(
      taskResultKey(executionId, 'settle'),
      JSON.stringify({ ...settled, status, messages: 1, report }),
    );
    await orchestrate({ ended: { executionId, status: 'FAILED' } });
    expect(started).toHaveLength(executions);
  },
);

test('the end of a failed execution without a settle result releases its batch', async () => {
  const { queue, started, orchestrate } = setUp();
  queue.send(s3Event({ key: 'input/a.csv' }));
  await orchestrate();
  await orchestrate({ ended: { executionId: started[0] ?? '', status: 'FAILED' } });
  expect(started).toHaveLength(2);
});

describe('the ledger', () => {
  const upload = { key: 'input/a.csv', etag: 'e1', time: '2025-03-30T12:00:01.000Z' };

  test('has every file of the batch as running, with its tries, before the execution starts', async () => {
    const seen: unknown[] = [];
    const { queue, ledger, orchestrate } = setUp({
      start: async (name) => {
        seen.push(
          ledger.all.map(({ key, outcome, execution, tries }) => [key, outcome, execution === name, tries]),
        );
        return 'started';
      },
    });
    queue.send(s3Event(upload));
    const [message] = await queue.receive(1);
    await queue.release([message?.receiptHandle ?? '']);
    await orchestrate();
    expect(seen).toEqual([[['input/a.csv', 'running', true, 2]]]);
  });

  test('counts the tries of the message with the fewest receives', async () => {
    const { queue, ledger, orchestrate } = setUp();
    queue.send(s3Event(upload));
    const [message] = await queue.receive(1);
    await queue.release([message?.receiptHandle ?? '']);
    queue.send(s3Event(upload));
    await orchestrate();
    expect(ledger.all.map(({ tries }) => tries)).toEqual([1]);
  });

  test('that cannot be written leaves the messages in the queue, and starts nothing', async () => {
    const { queue, ledger, started, orchestrate } = setUp();
    queue.send(s3Event(upload));
    ledger.before = () => {
      throw new Error('throttled');
    };
    await expect(orchestrate()).rejects.toThrow('throttled');
    expect([started, queue.waiting]).toEqual([[], ['m1']]);
  });

  test('has the files as waiting again if no execution could start', async () => {
    const { queue, ledger, orchestrate } = setUp({ start: () => Promise.reject(new Error('throttled')) });
    queue.send(s3Event(upload));
    await expect(orchestrate()).rejects.toThrow('throttled');
    expect(ledger.all[0]).toMatchObject({ outcome: 'waiting', reason: 'not started: throttled' });
  });

  test('has the files of an interrupted execution as waiting, and as dead letters after their last try', async () => {
    const { bucket, queue, ledger, orchestrate } = setUp({ runningSince: new Date('2025-03-30T12:00:00Z') });
    const files = [1, 5].map((tries) => ({
      key: `input/${tries}.csv`,
      etag: 'e1',
      size: 10,
      uploaded_at: '2025-03-30T12:00:01.000Z',
      tries,
    }));
    await writeBatchManifest(bucket, { execution_id: 'e-1', files, messages: [] });
    await ledger.begin('e-1', files, new Date('2025-03-30T12:00:05Z'));
    await orchestrate({ ended: { executionId: 'e-1', status: 'TIMED_OUT' } });
    expect(ledger.outcomes).toEqual({ 'input/1.csv': 'waiting', 'input/5.csv': 'dead_letter' });
    expect(ledger.all[0]?.reason).toBe('the execution ended as TIMED_OUT');
    expect(queue.waiting).toEqual([]);
  });
});

test('returned files take turns with new ones, and wait without being received again', async () => {
  const { queue, started, orchestrate, end, manifest } = setUp({ limits: { files: 250 } });
  for (let i = 0; i < 30; i++) queue.send(s3Event({ key: `input/back-${i}.csv` }));
  await orchestrate();
  await end('ABORTED');
  queue.send(s3Event({ key: 'input/new.csv' }));
  await end();
  await end();
  expect(started.map((name) => manifest(name).files.length)).toEqual([30, 25, 1, 5]);
  expect(manifest(started[2] ?? '').files.map(({ key }) => key)).toEqual(['input/new.csv']);
  expect(manifest(started[3] ?? '').files.every(({ tries }) => tries === 2)).toBe(true);
  expect(await end()).toEqual({ started: false, reason: 'empty' });
});
