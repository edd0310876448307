import { sparkPlanKey, sparkStepKey } from '../../domain/object-keys';
import { FaultyProcess } from '../builders/faulty-process';
import { type PipelineTask, TaskPipeline } from '../builders/task-pipeline';
import type { SparkSession } from './spark-session';

/** What happens to the job of a plan. */
export type JobFate = 'done' | 'killed' | 'manifest lost';

/** The tasks, of which stage and transform run on Spark, as the state machine has them do it. */
export class SparkPipeline extends TaskPipeline {
  /** The engine of the next execution, and the fates of its jobs, the last for all that follow. */
  engineOf: (executionId: string) => 'duckdb' | 'spark' = () => 'spark';
  fateOf: () => JobFate = () => 'done';
  /** What happens while a job runs. */
  whileRunning: () => Promise<void> = async () => {};
  /** Marts whose query is one of DuckDB alone. */
  readonly inDuckDbOnly = new Set<string>();
  /** Jobs that ended well, and that did not. */
  readonly jobs = { done: 0, failed: 0 };

  constructor(
    private readonly spark: SparkSession,
    ...[timeZone, catalog]: ConstructorParameters<typeof TaskPipeline>
  ) {
    super(timeZone, catalog);
  }

  protected override async runTask(
    task: PipelineTask,
    executionId: string,
    process: FaultyProcess,
  ): Promise<void> {
    if (task === 'validate' || this.engineOf(executionId) === 'duckdb')
      return super.runTask(task, executionId, process);
    for (let own = process; ; own = new FaultyProcess()) {
      await super.runTask(task, executionId, own, 'spark');
      const { next, round } = JSON.parse(this.bucket.text(sparkStepKey(executionId, task)) ?? '{}');
      if (next === 'done') return;
      // What fails on Spark is done by a task.
      if (!(await this.runJob(sparkPlanKey(executionId, task, round))))
        return super.runTask(task, executionId, new FaultyProcess());
    }
  }

  /** One round of a task, without the job after it. */
  async round(task: PipelineTask, executionId: string, process = new FaultyProcess()): Promise<void> {
    await super.runTask(task, executionId, process, this.engineOf(executionId));
  }

  planOf(task: PipelineTask, executionId: string, round: number): string {
    return sparkPlanKey(executionId, task, round);
  }

  /** The round whose job is to run next; undefined if there is none. */
  async nextJob(task: PipelineTask, executionId: string): Promise<number | undefined> {
    const { next, round } = JSON.parse(this.bucket.text(sparkStepKey(executionId, task)) ?? '{}');
    return next === 'spark' ? round : undefined;
  }

  /** The bucket and the tables of marts, to go back to. */
  state() {
    const items = this.catalog.served.map(({ name }) => [name, this.store(name).all] as const);
    return { objects: new Map(this.bucket.objects), items: new Map(items) };
  }

  restore({ objects, items }: ReturnType<SparkPipeline['state']>): void {
    this.bucket.objects.clear();
    for (const [key, object] of objects) this.bucket.objects.set(key, object);
    for (const [name, all] of items) this.store(name).restore(all);
  }

  /** @returns whether the job ended well */
  async runJob(plan: string): Promise<boolean> {
    const fate = this.fateOf();
    if (fate !== 'killed') await Promise.all([this.spark.run(this.bucket, plan), this.whileRunning()]);
    const manifest = plan.replace(/\.json$/, '-manifest.json');
    if (fate !== 'killed') this.expectLeftOut(manifest);
    if (fate === 'manifest lost') await this.bucket.delete(manifest);
    this.jobs[fate === 'done' ? 'done' : 'failed'] += 1;
    return fate === 'done';
  }

  /** What a job leaves out, the task computes, and every number is right all the same. */
  private expectLeftOut(manifest: string): void {
    const { left_out } = JSON.parse(this.bucket.text(manifest) ?? '{}');
    expect(left_out.filter(({ table }: { table: string }) => !this.inDuckDbOnly.has(table))).toEqual([]);
  }
}
