import { setTimeout as sleep } from 'node:timers/promises';
import { SharedLiveView } from '../../console/server/live/shared-live-view';
import type { LiveView } from '../../operations/live/live-view';
import type { LiveRange } from '../../operations/live/views';

/** A live view that counts what is asked of it. */
function fake({ readMs = 0 } = {}) {
  const calls = { opened: 0, closed: 0, read: 0, computed: 0 };
  const view = {
    readSince: null,
    received: {},
    read: async () => {
      calls.read += 1;
      await sleep(readMs);
    },
    range: async (minutes: number) => {
      calls.computed += 1;
      await sleep(5);
      return { minutes } as LiveRange;
    },
    latestEvents: () => [],
    close: async () => {
      calls.closed += 1;
    },
  };
  const open = async () => {
    calls.opened += 1;
    return view as unknown as LiveView;
  };
  return { calls, open };
}

test('one view, one look and one computation serve all requests of the same time', async () => {
  const { calls, open } = fake();
  const shared = new SharedLiveView(open, 10_000);
  expect(shared.isOpen).toBe(false);
  await Promise.all([shared.range(60), shared.range(60), shared.range(60)]);
  await shared.range(60);
  expect(calls).toEqual({ opened: 1, closed: 0, read: 1, computed: 1 });
  await shared.range(5);
  expect(calls).toMatchObject({ read: 1, computed: 2 });
  await shared.close();
  expect(calls.closed).toBe(1);
});

test('a request does not wait for a long look', async () => {
  const { open } = fake({ readMs: 3_000 });
  const shared = new SharedLiveView(open, 0);
  const started = performance.now();
  await shared.range(60);
  expect(performance.now() - started).toBeLessThan(2_000);
  await shared.close();
});

test('the view is closed when nobody asked for a while, and opened again by the next request', async () => {
  const { calls, open } = fake();
  const shared = new SharedLiveView(open, 0, 20);
  await shared.range(60);
  await sleep(200);
  expect(shared.isOpen).toBe(false);
  expect(calls.closed).toBe(1);
  await shared.range(60);
  expect(calls.opened).toBe(2);
  await shared.close();
});

test('an open view looks for new files without requests, and no longer once it is closed', async () => {
  const { calls, open } = fake();
  const shared = new SharedLiveView(open, 0, 10_000, 10);
  await shared.range(60);
  await sleep(200);
  expect(calls.read).toBeGreaterThan(2);
  await shared.close();
  const { read } = calls;
  await sleep(100);
  expect(calls.read).toBe(read);
});

test('the first request of a page does not wait for a look, as one was made while nobody asked; the next one does', async () => {
  const { calls, open } = fake({ readMs: 300 });
  const shared = new SharedLiveView(open, 0);
  await shared.range(60);
  await shared.latestEvents();
  const read = calls.read;
  expect(read).toBe(1);
  await shared.range(60);
  expect(calls.read).toBe(2);
  await shared.close();
});

test('after a failed opening the next request tries again', async () => {
  const { open } = fake();
  let isFirst = true;
  const shared = new SharedLiveView(async () => {
    if (!isFirst) return open();
    isFirst = false;
    throw new Error('no permission');
  }, 0);
  await expect(shared.range(60)).rejects.toThrow('no permission');
  expect((await shared.range(60)).range.minutes).toBe(60);
  await shared.close();
});
