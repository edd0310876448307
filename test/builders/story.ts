import fc from 'fast-check';
import { DAY_MS } from '../../domain/time';
import { TransactionMovedError } from '../../lake/errors';
import { CutOffError, type Fault, FaultyProcess } from './faulty-process';
import { scatter } from './scatter';
import type { PipelineFile, PipelineTask, TaskPipeline } from './task-pipeline';

/** What happens to the files of a shop: batches, faults, maintenance, other writers, executions at the same time. */

/** Maximum number of writes of a task to a small shop; a fault after its last write does not happen. */
export interface Writes extends Record<PipelineTask | 'maintain', number> {}
export const KPI_WRITES: Writes = { validate: 3, stage: 12, transform: 16, maintain: 16 };

const faultOf = (writes: number): fc.Arbitrary<Fault> =>
  fc.record({
    write: fc.integer({ min: 1, max: writes }),
    isApplied: fc.boolean(),
    isFatal: fc.boolean(),
  });

/** Prefers tasks whose writes depend on each other. */
const task = fc.constantFrom<PipelineTask>('validate', 'stage', 'stage', ...Array(5).fill('transform'));
const inTask = <T>(of: (task: PipelineTask) => fc.Arbitrary<T>) =>
  task.chain((name) => fc.record({ task: fc.constant(name), what: of(name) }));

/** @param isFaulty whether there is always a fault in a task of the execution; it occurs if the task comes to that write */
export function storyStep(writes: Writes = KPI_WRITES, isFaulty = false) {
  const fault = inTask((name) => faultOf(writes[name]));
  /** Maintenance, with or without a fault of its own. */
  const maintenance = fc.record({ fault: fc.option(faultOf(writes.maintain)) });
  return fc.record({
    /** Days since the previous step: maintenance deletes old files after 2 days, and all of the log that it can after 40. */
    days: fc.constantFrom(0, 0, 0, 2, 40),
    /** Number of files to upload, and number of waiting messages to receive, in any order. */
    uploaded: fc.integer({ min: 1, max: 4 }),
    received: fc.integer({ min: 1, max: 4 }),
    from: fc.nat({ max: 5 }),
    /** How often the workflow tries a task before the execution fails and its messages are released. */
    tries: fc.constantFrom(1, 1, 2),
    fault: isFaulty ? fault : fc.option(fault, { freq: 4 }),
    /** What happens before a write of the execution: maintenance, or an execution of all waiting files. */
    meanwhile: fc.option(
      inTask((name) =>
        fc.record({
          write: fc.integer({ min: 1, max: writes[name] }),
          maintenance,
          isExecution: fc.boolean(),
        }),
      ),
      { freq: 2 },
    ),
    /** The messages of a successful execution are released: it stopped before it could delete them. */
    isReleased: fc.constantFrom(false, false, false, true),
    afterwards: fc.option(maintenance, { freq: 2 }),
    /** Another writer rewrites every row to a file of its own, without changing it. */
    scattered: fc.constantFrom<'no' | 'as data' | 'as no change'>('no', 'no', 'as data', 'as no change'),
  });
}
export type StoryStep = ReturnType<typeof storyStep> extends fc.Arbitrary<infer T> ? T : never;

const RETENTION_DAYS = 1;

/** Processes the files step by step, and then all that still wait. */
export class Story<File extends PipelineFile> {
  private readonly remaining: File[];
  private waiting: File[] = [];
  private readonly processed = new Set<File>();
  /** Files of executions that failed: their rows may be in the lake, all or some. */
  private readonly uncertain = new Set<File>();
  private readonly faulty: FaultyProcess[] = [];

  /** @param check runs after every execution that succeeds; files: those whose rows are in the lake, if that is certain */
  constructor(
    readonly pipeline: TaskPipeline,
    files: readonly File[],
    private readonly check: (files: readonly File[] | undefined) => Promise<void> = async () => undefined,
  ) {
    this.remaining = [...files];
  }

  /** Number of faults that occurred, whether a later try went on from there or the execution failed. */
  get faults(): number {
    return this.faulty.filter(({ hasFailed }) => hasFailed).length;
  }

  async run(steps: readonly StoryStep[]): Promise<void> {
    for (const next of steps) await this.step(next);
    await this.upload(this.remaining.length);
    await this.execute(this.waiting);
  }

  private async step({ days, uploaded, received, from, ...rest }: StoryStep): Promise<void> {
    const { pipeline } = this;
    pipeline.now += days * DAY_MS;
    await this.upload(uploaded);
    const start = from % Math.max(1, this.waiting.length);
    const batch = [...this.waiting.slice(start), ...this.waiting.slice(0, start)].slice(0, received);
    // An execution needs at least one message.
    const isDone =
      batch.length > 0 && (await this.survive(() => this.execute(batch, this.processes(rest), rest.tries)));
    if (isDone && !rest.isReleased) this.waiting = this.waiting.filter((file) => !batch.includes(file));
    if (rest.scattered !== 'no') {
      await pipeline.withLake(async (lake) => {
        for (const spec of pipeline.catalog.kinds.map(pipeline.catalog.stagingTable))
          await scatter(lake, spec, rest.scattered === 'as data');
      });
    }
    if (rest.afterwards) await this.maintain(rest.afterwards.fault);
  }

  private async execute(
    batch: readonly File[],
    processOf?: (task: PipelineTask) => FaultyProcess,
    tries?: number,
  ): Promise<void> {
    await this.executeUnchecked(batch, processOf, tries);
    const isCertain = this.uncertain.size === 0;
    await this.check(isCertain ? [...this.processed] : undefined);
  }

  private async executeUnchecked(
    batch: readonly File[],
    processOf?: (task: PipelineTask) => FaultyProcess,
    tries?: number,
  ): Promise<void> {
    for (const file of batch) this.uncertain.add(file);
    await this.pipeline.execute(batch, processOf, tries);
    for (const file of batch) {
      this.processed.add(file);
      this.uncertain.delete(file);
    }
  }

  /** The fault of a step, and what happens meanwhile, affect the first process of their task. */
  private processes({ fault, meanwhile }: Pick<StoryStep, 'fault' | 'meanwhile'>) {
    const started = new Set<PipelineTask>();
    return (task: PipelineTask): FaultyProcess => {
      if (started.has(task)) return new FaultyProcess();
      started.add(task);
      return this.process(fault?.task === task ? fault.what : undefined, async (n) => {
        if (meanwhile?.task !== task || meanwhile.what.write !== n) return;
        if (!meanwhile.what.isExecution) await this.maintain(meanwhile.what.maintenance.fault);
        // The first goes on with other marts while it publishes one, so that this one may have to start again.
        else await this.survive(() => this.executeUnchecked([...this.waiting], undefined, 5));
      });
    };
  }

  private async maintain(fault: Fault | null): Promise<void> {
    await this.survive(async () => {
      const process = this.process(fault ?? undefined);
      await this.pipeline.maintain(0, RETENTION_DAYS, process);
    });
  }

  /** @returns false if an injected fault, or another execution, stopped the work; any other error is thrown */
  private async survive(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (error instanceof TransactionMovedError) return false;
      if (!(error instanceof CutOffError) && !/CutOffError/.test(String(error))) throw error;
      return false;
    }
  }

  private process(...[fault, atWrite]: ConstructorParameters<typeof FaultyProcess>): FaultyProcess {
    const process = new FaultyProcess(fault, atWrite);
    this.faulty.push(process);
    return process;
  }

  private async upload(count: number): Promise<void> {
    for (const file of this.remaining.splice(0, count)) {
      await this.pipeline.upload(file);
      this.waiting.push(file);
    }
  }
}
