import type { S3Client } from '@aws-sdk/client-s3';
import { BUCKET, startServer, type TestServer } from 'local-aws/testing';
import { archiveKey, movesKey, taskResultKey } from '../../../domain/object-keys';
import type { BatchFile } from '../../../domain/workflow';
import { s3Bucket } from '../../../storage/s3-bucket';
import { run } from '../../../tasks/move/move';
import { findingsOf, readOutcome } from '../../../tasks/settle/findings';
import { MemoryLedger } from '../../builders/memory-ledger';
import { silentLogger } from '../../builders/silent-logger';

/**
 * A move that goes on after the state machine gave it up, beside that of the next execution of the same file: whichever of
 * them goes first at each step, the file ends in one place, and the ledger says which.
 */
const AT = new Date('2025-03-30T12:05:00.000Z');
const KEY = 'input/orders.csv';

let server: TestServer;
let bucket: ReturnType<typeof s3Bucket>;
beforeAll(async () => {
  server = await startServer();
  bucket = s3Bucket(server.client, BUCKET);
});
afterAll(() => server.stop());

/** A step of a process: a request to S3, or a look into the ledger. */
type AtStep = (step: number) => Promise<void>;

async function move(execution: string, ledger: MemoryLedger, atStep: AtStep): Promise<number> {
  let steps = 0;
  const { client } = server;
  const stepped: S3Client = new Proxy(client, {
    get: (target, name) => {
      if (name !== 'send') return Reflect.get(target, name, target);
      return async (command: Parameters<S3Client['send']>[0]) => {
        await atStep(++steps);
        return target.send(command);
      };
    },
  });
  await run(
    { execution_id: execution, outcome: 'valid', group: 0 },
    {
      s3: { client: stepped },
      bucket: s3Bucket(stepped, BUCKET),
      ledger: {
        readAll: async (uploads) => {
          await atStep(++steps);
          return ledger.readAll(uploads);
        },
      },
      logger: silentLogger,
    },
  );
  return steps;
}

/** What validate writes of an execution that has the file and found it valid, if nothing else is said. */
async function judge(execution: string, file: BatchFile, found: object = {}): Promise<void> {
  const { key, etag, size, uploaded_at } = file;
  const destination = archiveKey(execution, key);
  const moves = [{ key, etag, size, uploaded_at, destination }];
  await bucket.put(movesKey(execution, 'valid', 0), JSON.stringify({ execution_id: execution, moves }));
  const judged = { key, etag, uploaded_at, bytes: size, outcome: 'valid', kind: 'orders', destination };
  const counts = { files: 1, valid: 1, invalid: 0, duplicate: 0, gone: 0, replaced: 0, rows: 7, bad_rows: 0 };
  const result = { task: 'validate', execution_id: execution, status: 'succeeded', started_at: '' };
  const files = [{ ...judged, rows: 7, bad_rows: 0, extra_columns: [], ...found }];
  await bucket.put(
    taskResultKey(execution, 'validate'),
    JSON.stringify({ ...result, duration_ms: 1, counts, files }),
  );
}

async function places(): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of bucket.list('')) if (!key.startsWith('results/')) found.push(key);
  return found;
}

/**
 * The first execution's move stops ahead of a step, the second's runs up to one of its own, then the first goes on to its end,
 * and the second to its own.
 * @param second 0: the second begins when the first has ended, and finds the file gone
 * @returns whether each had such a step
 */
async function interleave(first: number, second: number): Promise<{ first: boolean; second: boolean }> {
  const had = { first: false, second: false };
  for (const key of await places()) await bucket.delete(key);
  await bucket.put(KEY, 'rows');
  const { etag = '', size = 0 } = (await bucket.head(KEY)) ?? {};
  const file: BatchFile = { key: KEY, etag, size, uploaded_at: '2025-03-30T12:00:00.100Z', tries: 1 };
  const ledger = new MemoryLedger();
  // Died between copy and delete.
  await ledger.begin('e0', [file], AT);
  await judge('e0', file);
  await bucket.put(archiveKey('e0', KEY), 'rows');
  await ledger.release('e0', [file], 'killed', AT);
  await ledger.begin('e1', [file], AT);
  await judge('e1', file);

  let rest: Promise<unknown> = Promise.resolve();
  const runFirst = move('e1', ledger, async (step) => {
    if (step !== first) return;
    had.first = true;
    await ledger.release('e1', [file], 'timed out', AT);
    if (second === 0) return;
    await ledger.begin('e2', [file], AT);
    await judge('e2', file);
    // Resolves where the second stops, or ends; it goes on when the first has ended.
    await new Promise<void>((resolve) => {
      rest = move('e2', ledger, async (ofSecond) => {
        if (ofSecond !== second) return;
        had.second = true;
        resolve();
        await runFirst;
      }).finally(resolve);
    });
  });
  await runFirst;
  await rest;
  if (!had.first) return had;

  if (second === 0) {
    await ledger.begin('e2', [file], AT);
    await judge('e2', file, { outcome: 'gone' });
  }
  const manifest = { execution_id: 'e2', files: [file], messages: [] };
  const outcome = await readOutcome(bucket, 'e2');
  const deps = { bucket, ledger, copyBack: async () => undefined };
  await ledger.record(await findingsOf(manifest, outcome, deps), AT);
  const [item] = ledger.all;
  expect({ first, second, places: await places() }).toEqual({ first, second, places: [item?.destination] });
  expect(item).toMatchObject({ outcome: 'archived', rows: 7 });
  return had;
}

/** Of the second's steps; all of them where bugs are looked for in earnest. */
const STEP = process.env.PROPERTY_RUNS === undefined ? 2 : 1;

test('whichever execution is first at each step, the file ends in one place, and the ledger has it', async () => {
  let met = 0;
  for (let first = 1; ; first++) {
    const { first: hadFirst } = await interleave(first, Number.POSITIVE_INFINITY);
    if (!hadFirst) break;
    await interleave(first, 0);
    for (let second = 1 + (first % STEP); (await interleave(first, second)).second; second += STEP) met++;
  }
  expect(met).toBeGreaterThan(12);
}, 60_000);
