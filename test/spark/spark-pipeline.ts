import { sparkPlanKey, sparkStepKey } from '../../domain/object-keys';
import { FaultyProcess } from '../builders/faulty-process';
import { type PipelineTask, TaskPipeline } from '../builders/task-pipeline';
import type { SparkSession } from './spark-session';

/** The tasks, of which stage and transform run on Spark, as the state machine does it. */
export class SparkPipeline extends TaskPipeline {
  engine: 'duckdb' | 'spark' = 'spark';
  /** Plans that were carried out. */
  plans = 0;
  /** In place of the job. */
  onPlan: (key: string) => Promise<void>;

  constructor(
    spark: SparkSession,
    ...[timeZone, catalog]: ConstructorParameters<typeof TaskPipeline>
  ) {
    super(timeZone, catalog);
    this.onPlan = (key) => spark.run(this.bucket, key);
  }

  protected override async runTask(task: PipelineTask, executionId: string, process: FaultyProcess): Promise<void> {
    if (this.engine === 'duckdb' || task === 'validate') return super.runTask(task, executionId, process);
    for (let own = process; ; own = new FaultyProcess()) {
      await super.runTask(task, executionId, own, 'spark');
      const { next, round } = JSON.parse(this.bucket.text(sparkStepKey(executionId, task)) ?? '{}');
      if (next === 'done') return;
      await this.onPlan(sparkPlanKey(executionId, task, round));
      this.plans += 1;
    }
  }
}
