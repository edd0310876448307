import fc from 'fast-check';
import { catalog } from '../../../catalog/catalog';
import { DAY_MS } from '../../../domain/time';
import { readSnapshot } from '../../../lake/snapshot';
import { CutOffError, type Fault, FaultyProcess } from '../../builders/faulty-process';
import { propertyRuns, propertyTimeout } from '../../builders/property-runs';
import { scatter } from '../../builders/scatter';
import { type PipelineTask, TaskPipeline } from '../../builders/task-pipeline';
import { computeKpis } from '../../reference/kpis';
import { randomShop, type ShopFile, versionsOf } from '../../reference/random-shop';

/** Most writes of a task to so small a shop; a fault beyond its last does not happen. */
const WRITES = { validate: 3, stage: 12, transform: 16, maintain: 16 };

const faultOf = (task: keyof typeof WRITES): fc.Arbitrary<Fault> =>
  fc.record({
    write: fc.integer({ min: 1, max: WRITES[task] }),
    isApplied: fc.boolean(),
    isFatal: fc.boolean(),
  });

/** More often one whose writes build on each other. */
const task = fc.constantFrom<PipelineTask>('validate', 'stage', 'stage', ...Array(5).fill('transform'));
const inTask = <T>(of: (task: PipelineTask) => fc.Arbitrary<T>) =>
  task.chain((name) => fc.record({ task: fc.constant(name), what: of(name) }));

/** Maintenance, with or without a fault of its own. */
const maintenance = fc.record({ fault: fc.option(faultOf('maintain')) });

const step = fc.record({
  /** Since the step before: at 2 days old files go, and at 40 all of the log that can. */
  days: fc.constantFrom(0, 0, 0, 2, 40),
  /** Files that are uploaded; then messages that are received, of those that wait, in any order. */
  uploaded: fc.integer({ min: 1, max: 4 }),
  received: fc.integer({ min: 1, max: 4 }),
  from: fc.nat({ max: 5 }),
  /** How often the workflow tries a task before the execution fails and its messages wait again. */
  tries: fc.constantFrom(1, 1, 2),
  fault: fc.option(inTask(faultOf), { freq: 4 }),
  /** Runs ahead of a write of the execution. */
  meanwhile: fc.option(
    inTask((name) => fc.record({ write: fc.integer({ min: 1, max: WRITES[name] }), maintenance })),
    { freq: 2 },
  ),
  /** The messages of an execution that succeeded wait again: it died before it could delete them. */
  isReleased: fc.constantFrom(false, false, false, true),
  afterwards: fc.option(maintenance, { freq: 2 }),
  /** Another writer puts every row into a file of its own, without a change of any. */
  scattered: fc.constantFrom<'no' | 'as data' | 'as no change'>('no', 'no', 'as data', 'as no change'),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const shop = fc.record({
  files: randomShop({ maxFiles: 5, maxRows: 5 }),
  // Without bias, which likes nothing better than steps in which nothing happens.
  steps: fc.noBias(fc.array(step, { minLength: 2, maxLength: 4, size: 'max' })),
  timeZone: fc.constantFrom('UTC', 'America/New_York'),
});

const RETENTION_DAYS = 1;

/** Drops the files into the pipeline by the steps, and then whatever still waits. */
class Story {
  private readonly coming: ShopFile[];
  private waiting: ShopFile[] = [];
  /** Those that came to pass. */
  faults = 0;

  constructor(
    readonly pipeline: TaskPipeline,
    files: readonly ShopFile[],
  ) {
    this.coming = [...files];
  }

  async run(steps: readonly Step[]): Promise<void> {
    for (const next of steps) await this.step(next);
    await this.upload(this.coming.length);
    await this.pipeline.execute(this.waiting);
  }

  private async step({ days, uploaded, received, from, ...rest }: Step): Promise<void> {
    const { pipeline } = this;
    pipeline.now += days * DAY_MS;
    await this.upload(uploaded);
    const start = from % Math.max(1, this.waiting.length);
    const batch = [...this.waiting.slice(start), ...this.waiting.slice(0, start)].slice(0, received);
    // No execution starts without a message.
    const isDone =
      batch.length > 0 &&
      (await this.survive(() => pipeline.execute(batch, this.processes(rest), rest.tries)));
    if (isDone && !rest.isReleased) this.waiting = this.waiting.filter((file) => !batch.includes(file));
    if (rest.scattered !== 'no') {
      await pipeline.withLake(async (lake) => {
        for (const spec of catalog.kinds.map(catalog.stagingTable))
          await scatter(lake, spec, rest.scattered === 'as data');
      });
    }
    if (rest.afterwards) await this.maintain(rest.afterwards.fault);
  }

  /** What the step has in store for a task happens to its first process. */
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

  /** @returns whether it came to its end; a fault of ours is the one thing that may stop it */
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
    for (const file of this.coming.splice(0, count)) {
      await this.pipeline.upload(file);
      this.waiting.push(file);
    }
  }
}

const asText = (rows: readonly object[]) =>
  rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, String(value)])));

test(
  'whatever comes in whatever batches, with faults at any write and maintenance at any time, the tables equal a computation from scratch',
  async () => {
    let faults = 0;
    await fc.assert(
      fc.asyncProperty(shop, async ({ files, steps, timeZone }) => {
        const pipeline = new TaskPipeline(timeZone);
        try {
          const story = new Story(pipeline, files);
          await story.run(steps);
          const expected = computeKpis(versionsOf(files), timeZone);
          expect(pipeline.orders.all).toEqual(asText(expected.order_kpis));
          expect(pipeline.categories.all).toEqual(asText(expected.category_kpis));
          expect(await pipeline.verify()).toMatchObject({
            time_zone: timeZone,
            differences: 0,
            is_current: true,
          });
          faults += story.faults;

          // Once all is compacted, and the retention of what was before is over, only live files are left.
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
      propertyRuns(5),
    );
    expect(faults).toBeGreaterThan(0);
  },
  propertyTimeout(15),
);
