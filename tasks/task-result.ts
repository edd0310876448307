import { type TaskName, taskResultKey } from '../domain/object-keys';
import type { Bucket } from '../lake/bucket';
import type { TaskLogger } from './logger';

export interface ResultBase {
  task: TaskName;
  execution_id: string;
  status: 'succeeded' | 'failed';
  started_at: string;
  duration_ms: number;
  cause?: string | undefined;
}

/** What a task itself finds out; the rest of its result object is the same for all. */
export type TaskOutcome<Result extends ResultBase> = Omit<Result, keyof ResultBase>;

export interface ResultDeps {
  readonly bucket: Bucket;
  readonly clock: () => Date;
  readonly logger: TaskLogger;
}

/**
 * Runs a task and writes its result object `results/{execution_id}/{task}.json`, on failure with the cause, which is
 * then thrown on. Running it again replaces the object.
 */
export async function withResult<Outcome extends object>(
  task: TaskName,
  executionId: string,
  deps: ResultDeps,
  run: () => Promise<Outcome>,
): Promise<ResultBase & Outcome> {
  const started = deps.clock();
  const base = () => ({
    task,
    execution_id: executionId,
    started_at: started.toISOString(),
    duration_ms: deps.clock().getTime() - started.getTime(),
  });
  const write = (result: object) =>
    deps.bucket.put(
      taskResultKey(executionId, task),
      `${JSON.stringify(result, null, 2)}\n`,
      'application/json',
    );

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
    // The result object explains the failure; that it could not be written must not hide it.
    await write(failed).catch((second) =>
      deps.logger.error('result not written', { cause: causeOf(second) }),
    );
    throw error;
  }
  const result = { ...base(), status: 'succeeded' as const, ...outcome };
  await write(result);
  deps.logger.info(`${task} succeeded`, {
    duration_ms: result.duration_ms,
    ...('counts' in outcome ? { counts: outcome.counts } : {}),
    ...('tables' in outcome ? { tables: outcome.tables } : {}),
  });
  return result;
}

/** An error as a person reads it: its kind, unless it says nothing, and its message. */
export function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.name === 'Error' ? error.message : `${error.name}: ${error.message}`;
}
