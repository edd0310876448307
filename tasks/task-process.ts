/**
 * The process around a Fargate task: the one place that reads its environment, hears its signals, opens its clients and
 * sets its exit code (0 done, 1 failed, 143 stopped).
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { z } from 'zod';
import type { TaskName } from '../domain/object-keys';
import type { Bucket } from '../lake/bucket';
import { DuckDb } from '../lake/duckdb';
import { s3Bucket } from '../lake/s3-bucket';
import { COMMON_VARIABLES, loadConfig } from './config';
import { type TaskLogger, taskLogger } from './logger';
import { type TaskMetrics, taskMetrics } from './metrics';
import { withPendingCommits } from './pending-commits';
import { causeOf, withResult } from './task-result';

/** Share of the container's memory that DuckDB may take; the rest is for Node, the SDK's buffers and the page cache. */
const DUCKDB_MEMORY_SHARE = 0.6;

const PROCESS_VARIABLES = {
  ...COMMON_VARIABLES,
  /** The container's limit. */
  MEMORY_LIMIT_MB: z.coerce.number().int().positive(),
  /** How far DuckDB may spill onto the disk, MB of 1,000,000 bytes; most of what is free where it is not set. */
  SPILL_LIMIT_MB: z.coerce.number().int().positive().optional(),
};

/** What every Fargate task is given. */
export interface TaskDeps<Config> {
  readonly bucket: Bucket;
  /** A DuckDB session of its own, with the container's limits; the task closes it. */
  readonly openDuckDb: () => Promise<DuckDb>;
  /** An empty directory, removed afterwards. */
  readonly workDirectory: string;
  readonly clock: () => Date;
  readonly logger: TaskLogger;
  readonly config: Config;
}

/** What a task's process has beside: the task itself has no part in its attempt's metrics. */
export interface ProcessDeps<Config> extends TaskDeps<Config> {
  readonly metrics: TaskMetrics;
}

export interface TaskDefinition<Shape extends z.ZodRawShape> {
  readonly task: TaskName;
  /** The task's own variables. */
  readonly variables: Shape;
  /** What the task does; the value goes into its result object. */
  readonly run: (
    input: { executionId: string },
    deps: TaskDeps<z.infer<z.ZodObject<Shape>>>,
  ) => Promise<object>;
}

/** Runs the task for the execution that the environment names, then ends the process. */
export function runTaskProcess<Shape extends z.ZodRawShape>(
  definition: TaskDefinition<Shape>,
): Promise<never> {
  const variables = { ...definition.variables, EXECUTION_ID: z.string().min(1) };
  return runProcess(definition.task, variables, async (deps) => {
    const { EXECUTION_ID: executionId } = deps.config as { EXECUTION_ID: string };
    const own = deps as unknown as ProcessDeps<z.infer<z.ZodObject<Shape>>>;
    await withResult(definition.task, executionId, own, () => definition.run({ executionId }, own));
  });
}

/**
 * A task's process with everything in it ready, which ends when `run` does.
 * @param shape the task's own variables
 */
export async function runProcess<Shape extends z.ZodRawShape>(
  task: TaskName,
  shape: Shape,
  run: (deps: ProcessDeps<z.infer<z.ZodObject<Shape>>>) => Promise<unknown>,
): Promise<never> {
  try {
    const variables = loadConfig(process.env, { ...PROCESS_VARIABLES, ...shape });
    const { BUCKET_NAME, METRICS_SERVICE, LOG_LEVEL, MEMORY_LIMIT_MB, SPILL_LIMIT_MB } =
      variables as unknown as z.infer<z.ZodObject<typeof PROCESS_VARIABLES>>;
    const workDirectory = mkdtempSync(path.join(tmpdir(), `daybook-${task}-`));
    process.once('exit', () => rmSync(workDirectory, { recursive: true, force: true }));
    const { EXECUTION_ID: execution_id } = variables as { EXECUTION_ID?: string };
    const logger = taskLogger(task, LOG_LEVEL, execution_id === undefined ? {} : { execution_id });
    const { bucket, settled } = withPendingCommits(s3Bucket(new S3Client({}), BUCKET_NAME));
    process.once('SIGTERM', () => {
      logger.warn('stopped by SIGTERM');
      void settled().then(() => process.exit(143));
    });
    await run({
      bucket,
      openDuckDb: () =>
        DuckDb.open({
          tempDirectory: path.join(workDirectory, 'duckdb'),
          memoryLimit: `${Math.floor(MEMORY_LIMIT_MB * DUCKDB_MEMORY_SHARE)}MB`,
          ...(SPILL_LIMIT_MB && { spillLimit: SPILL_LIMIT_MB * 1_000_000 }),
        }),
      workDirectory,
      clock: () => new Date(),
      logger,
      metrics: taskMetrics(METRICS_SERVICE),
      config: variables as z.infer<z.ZodObject<Shape>>,
    });
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${task}: ${causeOf(error)}\n`);
    process.exit(1);
  }
}
