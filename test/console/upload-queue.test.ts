import { setImmediate as turn } from 'node:timers/promises';
import type { FileCheck } from '../../console/api/checks';
import { createUploadQueue, type UploadTarget } from '../../console/app/files/upload-queue';

const content = (text = 'x') => new Blob([text]);
const settle = async () => {
  for (let at = 0; at < 20; at += 1) await turn();
};

const GOOD: FileCheck = {
  name: 'orders.csv',
  outcome: 'accepted',
  bytes: 1,
  form: { format: 'csv', compression: 'none', encoding: 'utf-8', delimiter: ',', header_line: 1 },
  kind: 'orders',
  rows: 1,
  bad_rows: 0,
  reason: null,
  extra_columns: [],
  missing_columns: [],
  tables: [],
  first_bad_rows: [],
};

/** A server that accepts files on demand. */
function target(waitingKeys: readonly string[] = []) {
  const sent: { key: string; replace: boolean }[] = [];
  const fails = new Set<string>();
  let blocked: Promise<void> = Promise.resolve();
  let release = () => {};
  const checks = new Map<string, FileCheck>();
  const checked: string[] = [];
  const server: UploadTarget = {
    async check(key) {
      checked.push(key);
      if (key.includes('unchecked')) throw new Error('a permission is missing');
      return checks.get(key) ?? GOOD;
    },
    waiting: async (key) =>
      waitingKeys.includes(key) ? { size: 3, uploaded_at: '2025-03-30T00:00:00Z' } : null,
    async send(key, replace, _, onProgress, signal) {
      onProgress(0.5);
      await blocked;
      if (signal.aborted) throw new Error('the upload was cancelled');
      if (fails.delete(key)) throw new Error('the server is gone');
      sent.push({ key, replace });
    },
  };
  return {
    server,
    sent,
    fails,
    checks,
    checked,
    block() {
      blocked = new Promise((resolve) => {
        release = resolve;
      });
    },
    release: () => release(),
  };
}

const states = (queue: ReturnType<typeof createUploadQueue>) =>
  queue.items().map(({ key, state }) => `${key.slice('input/'.length)} ${state}`);

test('files are uploaded one at a time in order of name, with progress', async () => {
  const { server, sent, block, release } = target();
  const queue = createUploadQueue(server);
  block();
  queue.add(
    [
      { name: 'orders_b.csv', content: content() },
      { name: 'orders_a.csv', content: content() },
    ],
    'f',
  );
  await settle();
  expect(states(queue)).toEqual(['f/orders_a.csv sending', 'f/orders_b.csv queued']);
  expect(queue.items()[0]?.progress).toBe(0.5);
  release();
  await settle();
  expect(states(queue)).toEqual(['f/orders_a.csv done', 'f/orders_b.csv done']);
  expect(sent.map(({ key }) => key)).toEqual(['input/f/orders_a.csv', 'input/f/orders_b.csv']);
});

test('a file that waits is replaced only once that is confirmed, and those behind it do not wait for the answer', async () => {
  const { server, sent } = target(['input/orders.csv']);
  const queue = createUploadQueue(server);
  queue.add(
    [
      { name: 'orders.csv', content: content() },
      { name: 'products.csv', content: content() },
    ],
    '',
  );
  await settle();
  expect(states(queue)).toEqual(['orders.csv unconfirmed', 'products.csv done']);
  expect(queue.items()[0]?.waiting).toEqual({ size: 3, uploaded_at: '2025-03-30T00:00:00Z' });
  queue.confirm(queue.items()[0]?.id ?? 0);
  await settle();
  expect(states(queue)).toEqual(['orders.csv done', 'products.csv done']);
  expect(sent).toEqual([
    { key: 'input/products.csv', replace: false },
    { key: 'input/orders.csv', replace: true },
  ]);
});

test('a file whose name has it rejected is sent only once that is confirmed, which is no leave to replace another', async () => {
  const { server, sent } = target(['input/orders.xlsx']);
  const queue = createUploadQueue(server);
  queue.add(
    [
      { name: 'orders.xlsx', content: content() },
      { name: '../orders.csv', content: content() },
    ],
    '',
  );
  await settle();
  expect(states(queue)).toEqual(['../orders.csv invalid', 'orders.xlsx unconfirmed']);
  const [, { id = 0 } = {}] = queue.items();
  queue.confirm(id);
  await settle();
  expect(queue.items()[1]).toMatchObject({ state: 'unconfirmed', waiting: { size: 3 } });
  expect(sent).toEqual([]);
});

test('what failed can be tried again, and what was cancelled is not sent', async () => {
  const { server, sent, fails, block, release } = target();
  const queue = createUploadQueue(server);
  fails.add('input/orders_a.csv');
  queue.add([{ name: 'orders_a.csv', content: content() }], '');
  await settle();
  expect(queue.items()[0]).toMatchObject({ state: 'failed', note: 'the server is gone' });
  queue.confirm(queue.items()[0]?.id ?? 0);
  await settle();
  expect(states(queue)).toEqual(['orders_a.csv done']);

  block();
  queue.add(
    [
      { name: 'orders_b.csv', content: content() },
      { name: 'orders_c.csv', content: content() },
    ],
    '',
  );
  await settle();
  queue.cancel(...queue.items().map(({ id }) => id));
  release();
  await settle();
  expect(states(queue)).toEqual(['orders_a.csv done', 'orders_b.csv cancelled', 'orders_c.csv cancelled']);
  expect(sent.map(({ key }) => key)).toEqual(['input/orders_a.csv']);
  queue.clear();
  expect(queue.items()).toEqual([]);
});

describe('the check before an upload', () => {
  const add = (queue: ReturnType<typeof createUploadQueue>, name: string, text?: string) =>
    queue.add([{ name, content: content(text) }], '');

  test('lets a good file through, and keeps what was found', async () => {
    const { server, sent, checked } = target();
    const queue = createUploadQueue(server);
    add(queue, 'orders.csv');
    await settle();
    expect(checked).toEqual(['input/orders.csv']);
    expect(sent).toHaveLength(1);
    expect(queue.items()[0]).toMatchObject({ state: 'done', check: { kind: 'orders' } });
  });

  test.each<Partial<FileCheck>>([{ outcome: 'rejected' }, { bad_rows: 1 }])(
    'asks for a confirmation if %j, and then uploads without another check',
    async (found) => {
      const { server, sent, checks, checked } = target();
      checks.set('input/orders.csv', { ...GOOD, ...found });
      const queue = createUploadQueue(server);
      add(queue, 'orders.csv');
      await settle();
      expect(states(queue)).toEqual(['orders.csv unconfirmed']);
      expect(sent).toEqual([]);
      queue.confirm(1);
      await settle();
      expect(states(queue)).toEqual(['orders.csv done']);
      expect(checked).toHaveLength(1);
    },
  );

  test('that is not possible does not prevent the upload, and says why', async () => {
    const { server } = target();
    const queue = createUploadQueue(server);
    add(queue, 'orders_unchecked.csv');
    await settle();
    expect(queue.items()[0]).toMatchObject({
      state: 'done',
      note: 'Not checked before the upload: a permission is missing',
    });
  });

  test('leaves out large files, and says so', async () => {
    const { server, checked } = target();
    const queue = createUploadQueue(server);
    const large = Object.assign(content(), {});
    Object.defineProperty(large, 'size', { value: 2 ** 30 });
    queue.add([{ name: 'orders.csv', content: large }], '');
    await settle();
    expect(checked).toEqual([]);
    expect(queue.items()[0]).toMatchObject({
      state: 'done',
      note: expect.stringMatching(/larger than 256 MB/),
    });
  });
});
