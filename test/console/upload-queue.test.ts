import { setImmediate as turn } from 'node:timers/promises';
import { createUploadQueue, type UploadTarget } from '../../console/app/files/upload-queue';

const KINDS = ['products', 'orders', 'order_items'].map((kind) => ({ kind }));
const content = (text = 'x') => new Blob([text]);
const settle = async () => {
  for (let at = 0; at < 20; at += 1) await turn();
};

/** A server that accepts files on demand. */
function target(waitingKeys: readonly string[] = []) {
  const sent: { key: string; replace: boolean }[] = [];
  const fails = new Set<string>();
  let blocked: Promise<void> = Promise.resolve();
  let release = () => {};
  const server: UploadTarget = {
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
    KINDS,
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
    KINDS,
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
    KINDS,
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
  queue.add([{ name: 'orders_a.csv', content: content() }], '', KINDS);
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
    KINDS,
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
