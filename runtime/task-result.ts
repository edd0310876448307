import { type TaskName, taskResultKey } from '../domain/object-keys';
import type { TaskUsage } from '../domain/workflow';
import type { Bucket } from '../storage/bucket';
import { putJson } from '../storage/json-object';
import type { TaskLogger } from './logger';
import { emitAttempt, type TaskMetrics } from './metrics';

/** The fields of every result. */
export interface RunBase {
  status: 'succeeded' | 'failed';
  started_at: string;
  duration_ms: number;
  cause?: string | undefined;
  /** The hash of the contracts that it applied. */
  contracts?: string | undefined;
  /** The hash of the marts that it computed or maintained. */
  marts?: string | undefined;
  /** The usage of the attempt, without the write of this result. Only for a task in its own process. */
  usage?: TaskUsage | undefined;
}

export interface ResultBase extends RunBase {
  task: TaskName;
  execution_id: string;
}

/** The fields of a result object that are the task's own. */
export type TaskOutcome<Result extends RunBase> = Omit<Result, keyof ResultBase>;

export interface ResultDeps {
  readonly bucket: Bucket;
  readonly clock: () => Date;
  readonly logger: TaskLogger;
  readonly metrics: TaskMetrics;
  readonly usage?: () => TaskUsage;
  /** The hash of the contracts in use. */
  readonly contracts?: string;
  /** The hash of the marts in use. */
  readonly marts?: string;
}

/**
 * Runs a task, writes its result object `results/{execution_id}/{task}.json`, and emits the attempt's metrics. On failure the
 * object has the cause, and the error is rethrown. Running it again replaces the object.
 */
export function withResult<Outcome extends object>(
  task: TaskName,
  executionId: string,
  deps: ResultDeps,
  run: () => Promise<Outcome>,
): Promise<ResultBase & Outcome> {
  const identity = { task, execution_id: executionId };
  return withResultAt(taskResultKey(executionId, task), identity, deps, run);
}

/** As `withResult`, for a task outside an execution: `identity` names it in the result, written to `key`. */
export async function withResultAt<
  Identity extends { task: TaskName; execution_id?: string },
  Outcome extends object,
>(
  key: string,
  identity: Identity,
  deps: ResultDeps,
  run: () => Promise<Outcome>,
): Promise<Identity & RunBase & Outcome> {
  const { task } = identity;
  const started = deps.clock();
  const base = () => ({
    ...identity,
    started_at: started.toISOString(),
    duration_ms: deps.clock().getTime() - started.getTime(),
    ...(deps.contracts && { contracts: deps.contracts }),
    ...(deps.marts && { marts: deps.marts }),
    ...(deps.usage && { usage: deps.usage() }),
  });
  const write = (result: object) => putJson(deps.bucket, key, result);

  deps.logger.info(`${task} started`);
  let outcome: Outcome;
  try {
    outcome = await run();
  } catch (error) {
    const failed = { ...base(), status: 'failed' as const, cause: causeOf(error) };
    deps.logger.error(`${task} failed`, {
      cause: failed.cause,
      duration_ms: failed.duration_ms,
      stack: error instanceof Error ? error.stack : undefined,
    });
    // A result object that cannot be written must not hide the task's own failure.
    await write(failed).catch((second) =>
      deps.logger.error('result not written', { cause: causeOf(second) }),
    );
    emitAttempt(deps.metrics, failed);
    throw error;
  }
  const result = { ...base(), status: 'succeeded' as const, ...outcome };
  await write(result);
  emitAttempt(deps.metrics, result);
  deps.logger.info(`${task} succeeded`, {
    duration_ms: result.duration_ms,
    ...('counts' in outcome ? { counts: outcome.counts } : {}),
    ...('tables' in outcome ? { tables: outcome.tables } : {}),
  });
  return result;
}

/** An error for a person to read: its name, unless it is just `Error`, and its message. */
export function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.name === 'Error' ? error.message : `${error.name}: ${error.message}`;
}
