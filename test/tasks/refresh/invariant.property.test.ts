import fc from 'fast-check';
import { DAY_MS } from '../../../domain/time';
import { readSnapshot } from '../../../lake/snapshot';
import { CutOffError, type Fault, FaultyProcess } from '../../builders/faulty-process';
import { kpiCatalog as catalog } from '../../builders/kpi-catalog';
import { propertyRuns, propertyTimeout } from '../../builders/property-runs';
import { scatter } from '../../builders/scatter';
import { type PipelineTask, TaskPipeline } from '../../builders/task-pipeline';
import { computeKpis, IDENTITIES } from '../../reference/kpis';
import { randomShop, type ShopFile, versionsOf } from '../../reference/random-shop';
import { inTextShop, TEXT_IDENTITIES, TEXT_SHOP } from '../../reference/text-shop';

/** Maximum number of writes of a task to such a small shop; a fault after its last write does not happen. */
const MAX_WRITES = { validate: 3, stage: 12, transform: 16, maintain: 16 };

const faultOf = (task: keyof typeof MAX_WRITES): fc.Arbitrary<Fault> =>
  fc.record({
    write: fc.integer({ min: 1, max: MAX_WRITES[task] }),
    isApplied: fc.boolean(),
    isFatal: fc.boolean(),
  });

/** Prefers tasks whose writes depend on each other. */
const task = fc.constantFrom<PipelineTask>('validate', 'stage', 'stage', ...Array(5).fill('transform'));
const inTask = <T>(of: (task: PipelineTask) => fc.Arbitrary<T>) =>
  task.chain((name) => fc.record({ task: fc.constant(name), what: of(name) }));

/** Maintenance, with or without a fault of its own. */
const maintenance = fc.record({ fault: fc.option(faultOf('maintain')) });

const step = fc.record({
  /** Days since the previous step: maintenance deletes old files after 2 days, and all of the log that it can after 40. */
  days: fc.constantFrom(0, 0, 0, 2, 40),
  /** Number of files to upload, and number of waiting messages to receive, in any order. */
  uploaded: fc.integer({ min: 1, max: 4 }),
  received: fc.integer({ min: 1, max: 4 }),
  from: fc.nat({ max: 5 }),
  /** How often the workflow tries a task before the execution fails and its messages are released. */
  tries: fc.constantFrom(1, 1, 2),
  fault: fc.option(inTask(faultOf), { freq: 4 }),
  /** Maintenance that runs before a write of the execution. */
  meanwhile: fc.option(
    inTask((name) => fc.record({ write: fc.integer({ min: 1, max: MAX_WRITES[name] }), maintenance })),
    { freq: 2 },
  ),
  /** The messages of a successful execution are released: it stopped before it could delete them. */
  isReleased: fc.constantFrom(false, false, false, true),
  afterwards: fc.option(maintenance, { freq: 2 }),
  /** Another writer rewrites every row to a file of its own, without changing it. */
  scattered: fc.constantFrom<'no' | 'as data' | 'as no change'>('no', 'no', 'as data', 'as no change'),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const shopOf = (files: fc.Arbitrary<ShopFile[]>) =>
  fc.record({
    files,
    // Without bias, which prefers steps in which nothing happens.
    steps: fc.noBias(fc.array(step, { minLength: 2, maxLength: 4, size: 'max' })),
    timeZone: fc.constantFrom('UTC', 'America/New_York'),
  });

const SIZE = { maxFiles: 5, maxRows: 5 };
const SHOPS = [
  {
    name: 'numbers as ids',
    catalog,
    identities: IDENTITIES,
    shop: shopOf(randomShop(SIZE)),
  },
  {
    name: 'texts as ids, keys of two columns, version columns and deletions',
    catalog: TEXT_SHOP,
    identities: TEXT_IDENTITIES,
    shop: shopOf(randomShop(SIZE, { catalog: TEXT_SHOP, rowOf: inTextShop })),
  },
];

const RETENTION_DAYS = 1;

/** Processes the files step by step, and then all that still wait. */
class Story {
  private readonly remaining: ShopFile[];
  private waiting: ShopFile[] = [];
  /** Number of faults that occurred. */
  faults = 0;

  constructor(
    readonly pipeline: TaskPipeline,
    files: readonly ShopFile[],
  ) {
    this.remaining = [...files];
  }

  async run(steps: readonly Step[]): Promise<void> {
    for (const next of steps) await this.step(next);
    await this.upload(this.remaining.length);
    await this.pipeline.execute(this.waiting);
  }

  private async step({ days, uploaded, received, from, ...rest }: Step): Promise<void> {
    const { pipeline } = this;
    pipeline.now += days * DAY_MS;
    await this.upload(uploaded);
    const start = from % Math.max(1, this.waiting.length);
    const batch = [...this.waiting.slice(start), ...this.waiting.slice(0, start)].slice(0, received);
    // An execution needs at least one message.
    const isDone =
      batch.length > 0 &&
      (await this.survive(() => pipeline.execute(batch, this.processes(rest), rest.tries)));
    if (isDone && !rest.isReleased) this.waiting = this.waiting.filter((file) => !batch.includes(file));
    if (rest.scattered !== 'no') {
      await pipeline.withLake(async (lake) => {
        for (const spec of pipeline.catalog.kinds.map(pipeline.catalog.stagingTable))
          await scatter(lake, spec, rest.scattered === 'as data');
      });
    }
    if (rest.afterwards) await this.maintain(rest.afterwards.fault);
  }

  /** The fault and the maintenance of a step affect the first process of their task. */
  private processes({ fault, meanwhile }: Pick<Step, 'fault' | 'meanwhile'>) {
    const started = new Set<PipelineTask>();
    return (task: PipelineTask): FaultyProcess => {
      if (started.has(task)) return new FaultyProcess();
      started.add(task);
      return new FaultyProcess(fault?.task === task ? fault.what : undefined, async (n) => {
        if (meanwhile?.task === task && meanwhile.what.write === n)
          await this.maintain(meanwhile.what.maintenance.fault);
      });
    };
  }

  private async maintain(fault: Fault | null): Promise<void> {
    await this.survive(async () => {
      const process = new FaultyProcess(fault ?? undefined);
      await this.pipeline.maintain(0, RETENTION_DAYS, process);
    });
  }

  /** @returns false if an injected fault stopped the work; any other error is thrown */
  private async survive(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (!(error instanceof CutOffError) && !/CutOffError/.test(String(error))) throw error;
      this.faults += 1;
      return false;
    }
  }

  private async upload(count: number): Promise<void> {
    for (const file of this.remaining.splice(0, count)) {
      await this.pipeline.upload(file);
      this.waiting.push(file);
    }
  }
}

const asText = (rows: readonly object[]) =>
  rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, String(value)])));

test.each(SHOPS)(
  'with any files in any batches, faults at any write and maintenance at any time, the tables equal a computation from scratch: $name',
  async ({ catalog, identities, shop }) => {
    let faults = 0;
    await fc.assert(
      fc.asyncProperty(shop, async ({ files, steps, timeZone }) => {
        const pipeline = new TaskPipeline(timeZone, catalog);
        try {
          const story = new Story(pipeline, files);
          await story.run(steps);
          const expected = computeKpis(versionsOf(files), timeZone, identities);
          expect(pipeline.orders.all).toEqual(asText(expected.order_kpis));
          expect(pipeline.categories.all).toEqual(asText(expected.category_kpis));
          expect(await pipeline.verify()).toMatchObject({
            time_zone: timeZone,
            differences: 0,
            is_current: true,
          });
          faults += story.faults;

          // After compaction, and after the retention of the old files has passed, only live files are left.
          await pipeline.maintain(3000);
          await pipeline.maintain(6000);
          await pipeline.withLake(async (lake) => {
            for (const { location } of catalog.tables) {
              const data = pipeline.bucket.keys(`${location}/`).filter((key) => !key.includes('_delta_log'));
              expect(data).toHaveLength((await readSnapshot(lake, location))?.files.size ?? 0);
            }
          });
        } finally {
          pipeline.close();
        }
      }),
      propertyRuns(4),
    );
    expect(faults).toBeGreaterThan(0);
  },
  propertyTimeout(15),
);
