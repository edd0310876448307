import { catalog } from '../../../catalog/catalog';
import { batchManifestKey, DEFERRED_MESSAGES } from '../../../domain/object-keys';
import { BATCH_LIMITS } from '../../../tasks/orchestrate/batch';
import { type OrchestrateInput, run } from '../../../tasks/orchestrate/orchestrate';
import { Reconciler } from '../../../tasks/orchestrate/reconcile';
import { failOnce, MemoryBucket } from '../../builders/memory-bucket';
import { MemoryLedger } from '../../builders/memory-ledger';
import { MemoryQueue } from '../../builders/memory-queue';
import { s3Event } from '../../builders/s3-event';
import { silentLogger } from '../../builders/silent-logger';
import { silentMetrics } from '../../builders/silent-metrics';

const MINUTE = 60_000;
const START = Date.UTC(2026, 10, 28, 12);

let bucket: MemoryBucket;
let queue: MemoryQueue;
let started: string[];
let now: number;
let limits: typeof BATCH_LIMITS;

beforeEach(() => {
  bucket = new MemoryBucket();
  queue = new MemoryQueue();
  started = [];
  now = START;
  limits = BATCH_LIMITS;
});

const orchestrate = (input: OrchestrateInput = {}) =>
  run(input, {
    bucket,
    queue,
    ledger: new MemoryLedger(),
    executions: {
      listRunning: async () => [],
      start: async (name) => {
        started.push(name);
        return 'started';
      },
    },
    catalog,
    reconciler: new Reconciler(15 * MINUTE),
    clock: () => new Date(now),
    logger: silentLogger,
    metrics: silentMetrics,
    limits,
    eventFileWaitMs: 60 * MINUTE,
  });

/** The end of the last execution invokes the orchestrator. */
const end = () => orchestrate({ ended: { executionId: started.at(-1) ?? '', status: 'SUCCEEDED' } });

const arrive = (key: string) => queue.send(s3Event({ key }), now);
const eventFile = (name: string) => `input/events/http/2026/11/28/${name}.ndjson.gz`;
const filesOfLast = () =>
  JSON.parse(bucket.text(batchManifestKey(started.at(-1) ?? '')) ?? '{}').files.map(
    ({ key }: { key: string }) => key,
  );

test('files of events wait until the oldest is an hour old, then share an execution', async () => {
  const names = [];
  for (; now < START + 60 * MINUTE; now += 5 * MINUTE) {
    const name = eventFile(`at-${now}`);
    names.push(name);
    await arrive(name);
    expect(await orchestrate()).toEqual({ started: false, reason: 'waiting' });
    expect(queue.waiting).toEqual([]);
  }
  expect(await orchestrate()).toMatchObject({ started: true, counts: { files: 12, messages: 12 } });
  expect(filesOfLast().sort()).toEqual(names.sort());
  expect(JSON.parse(bucket.text(DEFERRED_MESSAGES) ?? '')).toMatchObject({ messages: [] });
});

test('they go with the next other file, at once if a person asks, and when there is no more room', async () => {
  await arrive(eventFile('a'));
  await orchestrate();
  await arrive('input/orders.csv');
  expect(await orchestrate()).toMatchObject({ started: true, counts: { files: 2 } });

  await arrive(eventFile('b'));
  expect(await end()).toEqual({ started: false, reason: 'waiting' });
  expect(await orchestrate({ isByHand: true })).toMatchObject({ started: true, counts: { files: 1 } });

  limits = { ...BATCH_LIMITS, files: 2 };
  await arrive(eventFile('c'));
  expect(await end()).toEqual({ started: false, reason: 'waiting' });
  await arrive(eventFile('d'));
  expect(await orchestrate()).toMatchObject({ started: true, counts: { files: 2 } });
});

test('a file that came back from a failed execution does not wait, and the others go on waiting', async () => {
  await arrive(eventFile('failed'));
  const [message] = await queue.receive(1);
  await queue.release([message?.receiptHandle ?? '']);
  await arrive(eventFile('new'));
  expect(await orchestrate()).toMatchObject({ started: true, counts: { files: 1 } });
  expect(filesOfLast()).toEqual([eventFile('failed')]);
  expect(await end()).toEqual({ started: false, reason: 'waiting' });
});

test('if the list of waiting messages cannot be written, they are back in the queue', async () => {
  await arrive(eventFile('a'));
  bucket.before = failOnce('put', (key) => key === DEFERRED_MESSAGES);
  expect(await orchestrate()).toEqual({ started: false, reason: 'waiting' });
  expect(queue.waiting).toHaveLength(1);
});
