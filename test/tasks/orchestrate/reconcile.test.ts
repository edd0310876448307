import { catalog } from '../../../catalog/catalog';
import { RECONCILED_FILES } from '../../../domain/object-keys';
import { type BatchFile, reconciledSchema } from '../../../domain/workflow';
import { readMessage } from '../../../tasks/orchestrate/file-events';
import { run } from '../../../tasks/orchestrate/orchestrate';
import { Reconciler } from '../../../tasks/orchestrate/reconcile';
import { MemoryBucket } from '../../builders/memory-bucket';
import { MemoryLedger } from '../../builders/memory-ledger';
import { MemoryQueue } from '../../builders/memory-queue';
import { s3Event } from '../../builders/s3-event';
import { silentLogger } from '../../builders/silent-logger';
import { silentMetrics } from '../../builders/silent-metrics';

const MINUTE = 60_000;
const START = Date.UTC(2025, 2, 30, 12);
const KEY = 'input/a b+ü.csv';

let now: number;
let bucket: MemoryBucket;
let queue: MemoryQueue;
let ledger: MemoryLedger;
let reconciler: Reconciler;
beforeEach(() => {
  now = START;
  bucket = new MemoryBucket('memory', () => new Date(now));
  queue = new MemoryQueue();
  ledger = new MemoryLedger();
  reconciler = new Reconciler(15 * MINUTE);
});

const deps = () => ({ bucket, queue, ledger, clock: () => new Date(now), logger: silentLogger });

/** What the messages say that were sent since. */
async function announced(): Promise<BatchFile[]> {
  const messages = await queue.receive(10);
  return messages.flatMap(({ body }) => {
    const content = readMessage(body, 'memory');
    if ('unreadable' in content) throw new Error(content.unreadable);
    return content.files.map(({ sequencer: _, eventName: __, ...file }) => file);
  });
}

async function reconcileAfter(minutes: number): Promise<BatchFile[]> {
  now += minutes * MINUTE;
  await reconciler.run(deps());
  return announced();
}

const upload = async (key = KEY, body = 'rows'): Promise<BatchFile> => {
  await bucket.put(key, body);
  const { etag = '', size = 0 } = (await bucket.head(key)) ?? {};
  return { key, etag, size, uploaded_at: new Date(now + 250).toISOString(), tries: 1 };
};

test('a file without a message is re-queued as by S3, with the end of its second as time', async () => {
  const { etag, size } = await upload();
  expect(await reconcileAfter(14)).toEqual([]);
  reconciler = new Reconciler(15 * MINUTE);
  expect(await reconcileAfter(1)).toEqual([
    { key: KEY, etag, size, uploaded_at: '2025-03-30T12:00:00.999Z' },
  ]);
});

test('a time known to the millisecond is kept', async () => {
  now += 125;
  await upload();
  expect((await reconcileAfter(15)).map(({ uploaded_at }) => uploaded_at)).toEqual([
    '2025-03-30T12:00:00.125Z',
  ]);
});

test('folder markers and objects elsewhere are not re-queued', async () => {
  await upload('input/folder/', '');
  await upload('archive/x/orders.csv');
  expect(await reconcileAfter(60)).toEqual([]);
});

test('a batch that never ended is re-queued as the same uploads, once its ledger items are old', async () => {
  const file = await upload();
  now += 10 * MINUTE;
  await ledger.begin('e-1', [file], new Date(now));
  expect(await reconcileAfter(10)).toEqual([]);
  expect(await reconcileAfter(15)).toEqual([expect.objectContaining({ uploaded_at: file.uploaded_at })]);
});

test('a dead letter is left for a person', async () => {
  const file = { ...(await upload()), tries: 5 };
  await ledger.begin('e-5', [file], new Date(now));
  await ledger.release('e-5', [file], 'out of memory', new Date(now));
  expect(await reconcileAfter(60)).toEqual([]);
});

test('an upload after the one in the ledger is re-queued, even with the same content', async () => {
  const file = await upload();
  const { tries: _, ...identity } = file;
  await ledger.record([{ ...identity, outcome: 'archived', execution: 'e-1' }], new Date(now));
  now += MINUTE;
  await upload();
  expect(await reconcileAfter(15)).toEqual([
    expect.objectContaining({ uploaded_at: '2025-03-30T12:01:00.999Z' }),
  ]);
});

test('a re-queued file that became a dead letter is not re-queued again', async () => {
  await upload();
  const [file] = await reconcileAfter(15);
  const last = [{ ...(file as BatchFile), tries: 5 }];
  await ledger.begin('e-5', last, new Date(now));
  await ledger.release('e-5', last, 'out of memory', new Date(now));
  expect(await reconcileAfter(60)).toEqual([]);
});

test('it lists input/ only once in a while, and continues at once where it stopped', async () => {
  reconciler = new Reconciler(15 * MINUTE, { listed: 3, requeued: 500 });
  for (let at = 0; at < 5; at++) await upload(`input/${at}.csv`);
  const keys = async (minutes: number) => (await reconcileAfter(minutes)).map(({ key }) => key);
  expect(await keys(15)).toEqual(['input/0.csv', 'input/1.csv', 'input/2.csv']);
  expect(await keys(0)).toEqual(['input/3.csv', 'input/4.csv']);
  expect(await keys(14)).toEqual([]);
  expect(bucket.callsOf('list')).toHaveLength(2);
});

test('the last report is stored, and stays when nothing more is found', async () => {
  await upload('input/a.csv');
  await upload('input/b.csv');
  await reconcileAfter(20);
  const stored = async () => JSON.parse(new TextDecoder().decode(await bucket.get(RECONCILED_FILES)));
  const finding = { at: '2025-03-30T12:20:00.000Z', files: 2, keys: ['input/a.csv', 'input/b.csv'] };
  expect(await stored()).toEqual(finding);
  expect(reconciledSchema.parse(await stored())).toEqual(finding);
  await bucket.delete('input/a.csv');
  await bucket.delete('input/b.csv');
  await reconcileAfter(20);
  expect(await stored()).toEqual(finding);
});

test('files are re-queued even if the report cannot be written', async () => {
  await upload();
  bucket.before = ({ operation }) => {
    if (operation === 'put') throw new Error('refused');
  };
  expect(await reconcileAfter(20)).toHaveLength(1);
});

test('no more files are re-queued at a time than a batch takes', async () => {
  reconciler = new Reconciler(15 * MINUTE, { listed: 100, requeued: 16 });
  for (let at = 0; at < 40; at++) await upload(`input/${at + 10}.csv`);
  now += 15 * MINUTE;
  const counts = [];
  for (let times = 0; times < 3; times++) counts.push(await reconciler.run(deps()));
  expect(counts).toEqual([16, 16, 8]);
  expect(queue.waiting).toHaveLength(40);
});

describe('the orchestrator', () => {
  const orchestrate = (runningSince?: Date) =>
    run(
      {},
      {
        ...deps(),
        catalog,
        reconciler,
        metrics: silentMetrics,
        executions: {
          listRunning: async () => (runningSince ? [{ executionId: 'e-1', startedAt: runningSince }] : []),
          start: async () => 'started' as const,
        },
      },
    );

  test('starts an execution at once for files whose message was lost', async () => {
    const { key } = await upload();
    now += 15 * MINUTE;
    expect(await orchestrate()).toMatchObject({ started: true, counts: { files: 1 } });
    expect(ledger.outcomes).toEqual({ [key]: 'running' });
  });

  test('does not look for files while an execution runs or there are messages', async () => {
    await upload();
    now += 15 * MINUTE;
    await orchestrate(new Date(now));
    await queue.send(s3Event({ key: 'input/other.csv' }));
    expect(await orchestrate()).toMatchObject({ started: true, counts: { files: 1 } });
    expect(bucket.callsOf('list')).toEqual([]);
  });
});
