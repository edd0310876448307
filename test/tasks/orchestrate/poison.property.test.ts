import fc from 'fast-check';
import { catalog } from '../../../catalog/catalog';
import { MAX_RECEIVES } from '../../../domain/ledger';
import { batchManifestKey } from '../../../domain/object-keys';
import { type BatchManifest, batchManifestSchema } from '../../../domain/workflow';
import type { FileQueue, ReceivedMessage } from '../../../storage/queue';
import { BATCH_LIMITS } from '../../../tasks/orchestrate/batch';
import { run } from '../../../tasks/orchestrate/orchestrate';
import { MemoryBucket } from '../../builders/memory-bucket';
import { MemoryLedger } from '../../builders/memory-ledger';
import { propertyRuns, propertyTimeout } from '../../builders/property-runs';
import { RecordedMetrics } from '../../builders/recorded-metrics';
import { s3Event } from '../../builders/s3-event';
import { silentLogger } from '../../builders/silent-logger';

/** A standard queue with redrive: messages come in any order, and are dead letters once they were received too often. */
class ShuffledQueue implements FileQueue {
  private readonly visible = new Map<string, ReceivedMessage>();
  private readonly hidden = new Map<string, ReceivedMessage>();
  readonly deadLetters: string[] = [];
  private random: number;

  constructor(seed: number) {
    this.random = seed;
  }

  get isEmpty(): boolean {
    return this.visible.size + this.hidden.size === 0;
  }

  async send(bodies: readonly string[]): Promise<void> {
    for (const body of bodies) {
      const messageId = `m${this.visible.size + this.hidden.size + this.deadLetters.length}-${this.random}`;
      this.random = (this.random * 48271) % 2147483647;
      this.visible.set(messageId, { messageId, receiptHandle: '', body, receiveCount: 0, sentAt: 0 });
    }
  }

  async receive(max: number): Promise<ReceivedMessage[]> {
    const received: ReceivedMessage[] = [];
    while (received.length < Math.min(max, 10) && this.visible.size > 0) {
      this.random = (this.random * 48271) % 2147483647;
      const message = [...this.visible.values()][this.random % this.visible.size];
      if (!message) break;
      this.visible.delete(message.messageId);
      const receiveCount = message.receiveCount + 1;
      if (receiveCount > MAX_RECEIVES) {
        this.deadLetters.push(message.body);
        continue;
      }
      const receiptHandle = `${message.messageId}#${receiveCount}`;
      const again = { ...message, receiveCount, receiptHandle };
      this.hidden.set(receiptHandle, again);
      received.push(again);
    }
    return received;
  }

  async hold(): Promise<void> {}

  async delete(handles: readonly string[]): Promise<void> {
    for (const handle of handles) this.hidden.delete(handle);
  }

  async release(handles: readonly string[]): Promise<void> {
    for (const handle of handles) {
      const message = this.hidden.get(handle);
      this.hidden.delete(handle);
      if (message) this.visible.set(message.messageId, message);
    }
  }
}

const LIMIT = 200;
/** More executions than the worst case takes, to tell a batch that goes on for ever. */
const MAX_EXECUTIONS = 600;

interface Shop {
  /** Files of each wave, `true` for one over which every execution fails. */
  readonly waves: readonly (readonly boolean[])[];
  readonly seed: number;
  /** After which executions each wave but the first comes. */
  readonly pause: number;
  /** The one execution that somebody stops. */
  readonly stopped: number;
}

/** Runs executions, one at a time, until nothing waits. @returns how often each file was in one */
async function runDry({ waves, seed, pause, stopped }: Shop) {
  const bucket = new MemoryBucket();
  const queue = new ShuffledQueue(seed);
  const ledger = new MemoryLedger();
  const tries = new Map<string, number>();
  let started: string | undefined;
  const orchestrate = (ended?: { executionId: string; status: string }) =>
    run(ended ? { ended } : {}, {
      bucket,
      queue,
      ledger,
      executions: {
        listRunning: async () => [],
        start: async (name) => {
          started = name;
          return 'started';
        },
      },
      catalog,
      reconciler: { run: async () => 0 },
      clock: () => new Date('2025-03-30T12:00:05Z'),
      logger: silentLogger,
      metrics: new RecordedMetrics(),
      limits: { ...BATCH_LIMITS, files: LIMIT },
    });
  const bad = new Set<string>();
  const drop = async (wave: number) => {
    for (const [index, isBad] of (waves[wave] ?? []).entries()) {
      const key = `input/${wave}-${index}.csv`;
      if (isBad) bad.add(key);
      await queue.send([s3Event({ key })]);
    }
  };

  let executions = 0;
  let ended: { executionId: string; status: string } | undefined;
  for (let wave = 0; executions < MAX_EXECUTIONS; executions++) {
    if (executions % pause === 0 && wave < waves.length) await drop(wave++);
    started = undefined;
    await orchestrate(ended);
    ended = undefined;
    if (started === undefined) {
      if (wave === waves.length && queue.isEmpty) break;
      continue;
    }
    const { files, messages } = manifestOf(bucket, started);
    for (const { key } of files) tries.set(key, (tries.get(key) ?? 0) + 1);
    const handles = messages.map(({ receipt_handle }) => receipt_handle);
    ended = { executionId: started, status: executions === stopped ? 'ABORTED' : 'SUCCEEDED' };
    if (executions === stopped) continue;
    if (files.some(({ key }) => bad.has(key))) await queue.release(handles);
    else await queue.delete(handles);
  }
  const deadLetters = queue.deadLetters.map((body) =>
    decodeURIComponent(JSON.parse(body).Records[0].s3.object.key),
  );
  return { deadLetters: deadLetters.sort(), bad: [...bad].sort(), tries, executions };
}

const manifestOf = (bucket: MemoryBucket, name: string): BatchManifest =>
  batchManifestSchema.parse(JSON.parse(bucket.text(batchManifestKey(name)) ?? ''));

const file = fc.oneof(
  { weight: 15, arbitrary: fc.constant(false) },
  { weight: 1, arbitrary: fc.constant(true) },
);

test(
  'files that make every execution fail become dead letters, and no other file does',
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          waves: fc.array(fc.array(file, { minLength: 1, maxLength: 70 }), { minLength: 1, maxLength: 3 }),
          seed: fc.integer({ min: 1, max: 2147483646 }),
          pause: fc.integer({ min: 1, max: 6 }),
          stopped: fc.integer({ min: 0, max: 12 }),
        }),
        async (shop) => {
          const { deadLetters, bad, tries, executions } = await runDry(shop);
          expect(executions).toBeLessThan(MAX_EXECUTIONS);
          expect(deadLetters).toEqual(bad);
          expect(tries.size).toBe(shop.waves.flat().length);
        },
      ),
      propertyRuns(60),
    );
  },
  propertyTimeout(6),
);

test('one bad file among many costs the others at most four tries, and the pipeline few executions', async () => {
  const waves = [Array.from({ length: LIMIT }, (_, index) => index === 17)];
  const { deadLetters, tries, executions } = await runDry({ waves, seed: 5, pause: 1, stopped: -1 });
  expect(deadLetters).toEqual(['input/0-17.csv']);
  expect(Math.max(...[...tries].filter(([key]) => !deadLetters.includes(key)).map(([, n]) => n))).toBe(4);
  // All; then 20 at a time; of those beside the bad file two at a time, then each of two alone; and the bad one again.
  expect(executions).toBeLessThanOrEqual(1 + 10 + 10 + 2 + 1);
});
