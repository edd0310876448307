import fc from 'fast-check';
import { ledgerKey } from '../../../domain/ledger';
import { INPUT, routingKey, taskResultKey } from '../../../domain/object-keys';
import { routingSchema, validateResultSchema } from '../../../domain/workflow';
import { STAGING_TABLES } from '../../../lake/tables';
import { findDuplicates } from '../../../tasks/orchestrate/duplicates';
import type { FileEvent } from '../../../tasks/orchestrate/file-events';
import { findingsOf } from '../../../tasks/settle/findings';
import { MemoryLedger } from '../../builders/memory-ledger';
import { propertyRuns, propertyTimeout } from '../../builders/property-runs';
import { scatter } from '../../builders/scatter';
import { TaskPipeline } from '../../builders/task-pipeline';
import { computeKpis, type RowVersion } from '../../reference/kpis';
import { randomShop, type ShopFile, versionsOf } from '../../reference/random-shop';

/** What happens, in its order: an upload of some content under one of few keys, or an execution of some of what waits. */
const event = fc.record({
  content: fc.nat({ max: 2 }),
  slot: fc.constantFrom('a', 'a', 'b'),
  pause: fc.constantFrom(1, 1000, 60_000),
  /** Messages received after it, of those that wait, from some place on; 0 for no execution. */
  received: fc.constantFrom(0, 1, 1, 2, 9),
  from: fc.nat({ max: 5 }),
  /** The execution dies after its files were staged, and moved or not; its messages wait again. */
  dies: fc.constantFrom('no', 'no', 'no', 'before the move', 'after the move'),
  maintained: fc.constantFrom(false, false, false, true),
  scattered: fc.constantFrom(false, false, false, false, true),
});
const story = fc.record({
  contents: randomShop({ maxFiles: 3, maxRows: 4 }),
  events: fc.noBias(fc.array(event, { minLength: 5, maxLength: 8, size: 'max' })),
});
type Event = typeof event extends fc.Arbitrary<infer T> ? T : never;

interface Upload {
  readonly event: FileEvent;
  readonly content: ShopFile;
}

/** The pipeline with its ledger: messages, batches, moves and what settle writes. */
class Shop {
  readonly pipeline = new TaskPipeline();
  readonly ledger = new MemoryLedger();
  readonly uploads: Upload[] = [];
  private waiting: Upload[] = [];
  private executions = 0;
  /** Uploads whose rows were staged, whatever came of their execution. */
  private readonly staged = new Set<string>();

  async upload(content: ShopFile, slot: string): Promise<void> {
    const key = `${INPUT}${slot}/${content.kind}.csv`;
    await this.pipeline.upload({ key, csv: content.csv, uploadedAt: this.pipeline.now });
    const { etag = '', size = 0 } = (await this.pipeline.bucket.head(key)) ?? {};
    const uploaded_at = new Date(this.pipeline.now).toISOString();
    const event = { key, etag, size, uploaded_at, sequencer: '', eventName: 'ObjectCreated:Put' };
    this.uploads.push({ event, content });
    this.waiting.push({ event, content });
  }

  async execute({
    received,
    from,
    dies,
  }: {
    received: number;
    from: number;
    dies: Event['dies'];
  }): Promise<void> {
    const { pipeline, ledger } = this;
    const start = from % Math.max(1, this.waiting.length);
    const batch = [...this.waiting.slice(start), ...this.waiting.slice(0, start)].slice(0, received);
    if (batch.length === 0) return;
    // The newest of a key stands for all of its messages.
    const newest = new Map<string, Upload>();
    for (const upload of batch.toSorted((a, b) => (a.event.uploaded_at < b.event.uploaded_at ? -1 : 1)))
      newest.set(upload.event.key, upload);
    const files = [...newest.values()].map(({ event: { sequencer: _, eventName: __, ...file } }) => file);
    const replaced = batch
      .filter((upload) => newest.get(upload.event.key) !== upload)
      .map(({ event }) => event);
    const duplicates = await findDuplicates(
      [...newest.values()].map((upload) => upload.event),
      {
        bucket: pipeline.bucket,
        ledger,
      },
    );
    const manifest = files.map((file) => {
      const duplicate_of = duplicates.get(file.key);
      return { ...file, ...(duplicate_of && { duplicate_of }) };
    });
    const executionId = `batch-${++this.executions}`;
    await ledger.begin(executionId, manifest, new Date(pipeline.now));
    expect(await pipeline.executeBatch(manifest)).toBe(executionId);
    const result = await pipeline.bucket.get(taskResultKey(executionId, 'validate'));
    const { files: validated } = validateResultSchema.parse(
      JSON.parse(Buffer.from(result ?? '').toString('utf8')),
    );
    for (const file of validated) if (file.outcome === 'valid') this.staged.add(idOf(file));
    if (dies === 'before the move') return;
    await this.move(executionId);
    if (dies === 'after the move') return;
    await ledger.record(
      await findingsOf(
        { execution_id: executionId, files: manifest, replaced, messages: [] },
        { bucket: pipeline.bucket, ledger },
      ),
      new Date(pipeline.now),
    );
    this.waiting = this.waiting.filter((upload) => !batch.includes(upload));
  }

  async drain(): Promise<void> {
    await this.execute({ received: this.waiting.length, from: 0, dies: 'no' });
  }

  private async move(executionId: string): Promise<void> {
    const { bucket } = this.pipeline;
    const { valid } = routingSchema.parse(JSON.parse(bucket.text(routingKey(executionId)) ?? ''));
    for (const { key, etag, destination } of valid) {
      const found = bucket.objects.get(key);
      if (`"${found?.etag}"` !== etag) continue;
      await bucket.put(destination, found?.body ?? '');
      await bucket.delete(key);
    }
  }

  /** The rows of every upload that was not gone before anybody came to it, as old as the upload. */
  versions(): ReturnType<typeof versionsOf> {
    const files = this.uploads.flatMap(({ event, content }): ShopFile[] => {
      const item = this.ledger.all.find(
        ({ key, upload }) => key === event.key && upload === ledgerKey(event).upload,
      );
      const isIn = this.staged.has(idOf(event)) || item?.outcome === 'duplicate';
      const asUploaded = (row: RowVersion) => ({
        ...row,
        key: event.key,
        uploadedAt: Date.parse(event.uploaded_at),
      });
      return isIn ? [{ ...content, rows: content.rows.map(asUploaded) }] : [];
    });
    return versionsOf(files);
  }
}

const idOf = (file: Pick<FileEvent, 'key' | 'uploaded_at' | 'etag'>) =>
  `${file.key} ${ledgerKey(file).upload}`;

const asText = (rows: readonly object[]) =>
  rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, String(value)])));

test(
  'a duplicate that is not loaded again changes nothing: not then, and not by what comes, late or again, afterwards',
  async () => {
    let duplicates = 0;
    await fc.assert(
      fc.asyncProperty(story, async ({ contents, events }) => {
        const shop = new Shop();
        const { pipeline, ledger } = shop;
        pipeline.now = Date.UTC(2025, 3, 1);
        try {
          for (const { content, slot, pause, maintained, scattered, ...execution } of events) {
            pipeline.now += pause;
            await shop.upload(contents[content % contents.length] as ShopFile, slot);
            await shop.execute(execution);
            if (maintained) await pipeline.maintain();
            if (scattered) await pipeline.withLake((lake) => scatter(lake, STAGING_TABLES.orders, true));
          }
          await shop.drain();
          const expected = computeKpis(shop.versions());
          expect(pipeline.orders.all).toEqual(asText(expected.order_kpis));
          expect(pipeline.categories.all).toEqual(asText(expected.category_kpis));
          duplicates += ledger.all.filter(({ outcome }) => outcome === 'duplicate').length;
        } finally {
          pipeline.close();
        }
      }),
      propertyRuns(4),
    );
    expect(duplicates).toBeGreaterThan(0);
  },
  propertyTimeout(20),
);
