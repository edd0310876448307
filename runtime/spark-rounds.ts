import { z } from 'zod';
import { sparkManifestKey, sparkPlanKey, sparkStepKey, type TaskName } from '../domain/object-keys';
import {
  type SparkComputed,
  type SparkPlan,
  sparkManifestSchema,
  sparkPlanSchema,
} from '../engine/spark/plan';
import type { Bucket } from '../storage/bucket';
import { getJson, putJson } from '../storage/json-object';

/** Where a task runs. */
export const ENGINE_VARIABLES = { ENGINE: z.enum(['duckdb', 'spark']).default('duckdb') };

/** Rounds that other writers may make necessary before the task is left to another engine. */
const MAX_ROUNDS = 5;

/** Other writers changed the tables in every round. */
export class SparkRoundsError extends Error {
  override readonly name = 'SparkRoundsError';
}

const stepSchema = z.object({
  next: z.enum(['spark', 'done']),
  round: z.number().int(),
  /** The key of the plan to carry out. */
  plan: z.string().optional(),
  /** What the task keeps from round to round. */
  kept: z.unknown(),
});

/** What a round of a task begins with. */
export interface SparkRound<Kept> {
  /** What Spark was asked and what it answered; undefined if it was not, or did not finish. */
  readonly computed?: SparkComputed;
  readonly kept: Kept | undefined;
  /** For the plan of this round: where what it writes goes. */
  readonly place: Pick<SparkPlan, 'directory' | 'manifest'>;
  /** Has Spark carry out a plan before the next round. @throws SparkRoundsError */
  plan(plan: SparkPlan, kept: Kept): Promise<void>;
  /** Ends the rounds. */
  end(kept: Kept): Promise<void>;
}

/**
 * A task on Spark works in rounds: it commits what Spark has computed, plans what is still to be computed, and says to the state
 * machine whether Spark has to run again (`results/{execution}/spark/{task}-step.json`). A round can be repeated: what is
 * committed is recognised, and a plan that was not carried out is made again.
 */
export async function openRound<Kept>(
  bucket: Bucket,
  executionId: string,
  task: TaskName,
  keptSchema: z.ZodType<Kept>,
): Promise<SparkRound<Kept>> {
  const stepKey = sparkStepKey(executionId, task);
  const last = await getJson(bucket, stepKey, stepSchema);
  const manifest =
    last?.next === 'spark'
      ? await getJson(bucket, sparkManifestKey(executionId, task, last.round), sparkManifestSchema)
      : undefined;
  const plan = manifest && (await getJson(bucket, manifest.plan, sparkPlanSchema));
  // A job that was started and did not finish may still write: its plan is not used again.
  const round = (last?.round ?? 0) + 1;
  const write = (step: z.infer<typeof stepSchema>) => putJson(bucket, stepKey, step);
  return {
    ...(plan && manifest && { computed: { plan, manifest } }),
    kept: last === undefined ? undefined : keptSchema.parse(last.kept),
    place: {
      directory: `spark-${executionId}-${round}`,
      manifest: sparkManifestKey(executionId, task, round),
    },
    async plan(next, kept) {
      if (round > MAX_ROUNDS)
        throw new SparkRoundsError(`${task}: not done after ${MAX_ROUNDS} rounds on Spark`);
      const key = sparkPlanKey(executionId, task, round);
      await putJson(bucket, key, next);
      await write({ next: 'spark', round, plan: key, kept });
    },
    end: (kept) => write({ next: 'done', round, kept }),
  };
}
