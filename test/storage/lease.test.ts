import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { BUCKET, startServer, type TestServer } from 'local-aws/testing';
import { type LeaseOptions, LeaseTakenError, withLease } from '../../storage/lease';
import { takeTurns } from '../../tasks/orchestrate/take-turns';
import { startFaultyS3 } from '../builders/faulty-s3';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const TERM_MS = 360_000;

let keys = 0;
/** A lease of its own for each test. */
function options(more: Partial<LeaseOptions> = {}): LeaseOptions {
  keys += 1;
  const { client } = server;
  const key = `results/orchestrate/lease-${keys}.json`;
  return { client, bucket: BUCKET, key, termMs: TERM_MS, clock: () => new Date(), pauseMs: 5, ...more };
}

test('of many concurrent holders one works at a time, and each gets its turn', async () => {
  const lease = options();
  let atWork = 0;
  let most = 0;
  const work = async () => {
    atWork += 1;
    most = Math.max(most, atWork);
    await new Promise((resolve) => setTimeout(resolve, 10));
    atWork -= 1;
    return 'done';
  };
  const outcomes = await Promise.all(Array.from({ length: 6 }, () => withLease(lease, 20_000, work)));
  expect(outcomes).toEqual(Array(6).fill('done'));
  expect(most).toBe(1);
});

test('one that does not wait fails while another works, and does nothing', async () => {
  const lease = options();
  const second = jest.fn(async () => {});
  await withLease(lease, 0, async () => {
    await expect(withLease(lease, 0, second)).rejects.toThrow(LeaseTakenError);
  });
  expect(second).not.toHaveBeenCalled();
});

test('work that fails releases the lease', async () => {
  const lease = options();
  await expect(withLease(lease, 0, () => Promise.reject(new Error('out of memory')))).rejects.toThrow(
    'out of memory',
  );
  expect(await withLease(lease, 0, async () => 'next')).toBe('next');
});

test('the lease of a dead holder can be taken over once its term is over, and not before', async () => {
  let now = Date.parse('2025-07-01T00:00:00Z');
  const lease = options({ clock: () => new Date(now) });
  const died = JSON.stringify({ holder: 'dead', until: now + TERM_MS });
  await server.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: lease.key, Body: died }));
  now += TERM_MS - 1;
  await expect(withLease(lease, 0, async () => {})).rejects.toThrow(LeaseTakenError);
  now += 1;
  expect(await withLease(lease, 0, async () => 'taken over')).toBe('taken over');
});

test('a holder whose term expired does not release the lease of the next holder', async () => {
  let now = Date.parse('2025-07-01T00:00:00Z');
  const lease = options({ clock: () => new Date(now) });
  let endSecond = () => {};
  let second: Promise<void> | undefined;
  await withLease(lease, 0, async () => {
    now += TERM_MS;
    second = withLease(
      lease,
      0,
      () =>
        new Promise((resolve) => {
          endSecond = resolve;
        }),
    );
    while ((await read(lease)).until !== now + TERM_MS)
      await new Promise((resolve) => setTimeout(resolve, 5));
  });
  expect((await read(lease)).until).toBe(now + TERM_MS);
  await expect(withLease(lease, 0, async () => {})).rejects.toThrow(LeaseTakenError);
  endSecond();
  await second;
});

test('a scheduled invocation gives way; the end of an execution waits, or fails to be invoked again', async () => {
  const lease = options();
  const orchestrate = async () => ({ started: false, reason: 'empty' }) as const;
  const end = { ended: { executionId: 'e1', status: 'SUCCEEDED' } };
  let waiting: Promise<unknown> | undefined;
  await withLease(lease, 0, async () => {
    expect(await takeTurns(lease, {}, orchestrate)).toEqual({ started: false, reason: 'busy' });
    await expect(takeTurns(lease, end, orchestrate, 20)).rejects.toThrow(LeaseTakenError);
    waiting = takeTurns(lease, end, orchestrate);
  });
  expect(await waiting).toEqual({ started: false, reason: 'empty' });
});

describe('a write of the lease', () => {
  test.each([
    ['meets a conflict', { do: 'refuse', how: 'conflict' }],
    ['is repeated because its response is lost', { do: 'lose-answer' }],
  ] as const)('that %s does not leave the lease to another holder', async (_, effect) => {
    const s3 = await startFaultyS3();
    try {
      const lease = options({ client: s3.client });
      for (const round of ['created', 'replaced']) {
        s3.faults.plan.put({ operation: 'PutObject', effect });
        expect(await withLease(lease, 0, async () => round)).toBe(round);
      }
      expect(s3.faults.plan.fired).toHaveLength(2);
    } finally {
      await s3.stop();
    }
  });

  test('that meets conflicts without an end fails, and does not report another holder', async () => {
    const s3 = await startFaultyS3();
    jest.spyOn(Math, 'random').mockReturnValue(0);
    try {
      s3.conflict('PutObject', 6);
      const failure = withLease(options({ client: s3.client }), 0, async () => {});
      await expect(failure).rejects.toMatchObject({ name: 'ConditionalRequestConflict' });
    } finally {
      jest.restoreAllMocks();
      await s3.stop();
    }
  });
});

async function read({ key }: LeaseOptions): Promise<{ holder: string; until: number }> {
  const { Body } = await server.client.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }));
  return JSON.parse((await Body?.transformToString()) ?? '');
}
