/**
 * The process around a task: the one place that reads its environment, hears its signals, opens its clients and sets its
 * exit code (0 done, 1 failed, 143 stopped). Where Lambda started it, which is told by AWS_LAMBDA_RUNTIME_API, it runs its
 * task once for every call; anywhere else once, for the execution that the environment names.
 */

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { z } from 'zod';
import type { TaskName } from '../domain/object-keys';
import type { TaskUsage } from '../domain/workflow';
import { DuckDb } from '../engine/duckdb/session';
import { trackCommits } from '../lake/pending-commits';
import type { Bucket } from '../storage/bucket';
import { s3Bucket } from '../storage/s3-bucket';
import { COMMON_VARIABLES, loadConfig } from './config';
import { type Invocation, serveInvocations } from './lambda-runtime/runtime-api';
import { taskError } from './lambda-runtime/task-error';
import { type TaskLogger, taskLogger } from './logger';
import { type TaskMetrics, taskMetrics } from './metrics';
import { causeOf, withResult } from './task-result';
import { type Billing, countRequests, fargateBilling } from './task-usage';

/** Share of the container's memory that DuckDB may take; the rest is for Node, the SDK's buffers and the page cache. */
const DUCKDB_MEMORY_SHARE = 0.6;

const PROCESS_VARIABLES = {
  ...COMMON_VARIABLES,
  /** The container's limit. */
  MEMORY_LIMIT_MB: z.coerce.number().int().positive(),
  /** How far DuckDB may spill onto the disk, MB of 1,000,000 bytes; most of what is free where it is not set. */
  SPILL_LIMIT_MB: z.coerce.number().int().positive().optional(),
};

/** What every task is given. */
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
  /** What the attempt has used so far. */
  readonly usage: () => TaskUsage;
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

/** Runs the task for the execution that the environment names, then ends the process; under Lambda for every call's. */
export async function runTaskProcess<Shape extends z.ZodRawShape>(
  definition: TaskDefinition<Shape>,
): Promise<never> {
  const { task } = definition;
  const variables = { ...definition.variables, EXECUTION_ID: z.string().min(1) };
  const attempt = async (deps: ProcessDeps<z.infer<z.ZodObject<typeof variables>>>): Promise<void> => {
    const { EXECUTION_ID: executionId } = deps.config as { EXECUTION_ID: string };
    const own = deps as unknown as ProcessDeps<z.infer<z.ZodObject<Shape>>>;
    await withResult(task, executionId, own, () => definition.run({ executionId }, own));
  };
  const { AWS_LAMBDA_RUNTIME_API: host } = process.env;
  if (host === undefined) return runProcess(task, variables, attempt);
  return serveInvocations(host, async (invocation) => {
    try {
      await runInvocation(task, variables, invocation, attempt);
      return { result: { task } };
    } catch (error) {
      process.stderr.write(`${task}: ${causeOf(error)}\n`);
      return { error: taskError(error) };
    }
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
    const workDirectory = mkdtempSync(path.join(tmpdir(), `daybook-${task}-`));
    process.once('exit', () => rmSync(workDirectory, { recursive: true, force: true }));
    const billing = await fargateBilling(process.env);
    const { deps, commitsSettled } = openDeps(task, shape, { env: process.env, workDirectory, billing });
    process.once('SIGTERM', () => {
      deps.logger.warn('stopped by SIGTERM');
      void commitsSettled().then(() => process.exit(143));
    });
    await run(deps);
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${task}: ${causeOf(error)}\n`);
    process.exit(1);
  }
}

/** The event of a call, as the state machine writes it. */
const eventSchema = z.object({ execution_id: z.string().min(1) });

/**
 * One call in a process that has had others: nothing is left of them, not even of one that took the process along, after
 * which Lambda keeps the directory.
 */
async function runInvocation<Shape extends z.ZodRawShape>(
  task: TaskName,
  shape: Shape,
  { event, billedSince }: Invocation,
  run: (deps: ProcessDeps<z.infer<z.ZodObject<Shape>>>) => Promise<unknown>,
): Promise<void> {
  const workDirectory = path.join(tmpdir(), 'daybook');
  const clear = () => rmSync(workDirectory, { recursive: true, force: true });
  clear();
  mkdirSync(workDirectory, { recursive: true });
  try {
    const { execution_id } = eventSchema.parse(JSON.parse(event));
    const { deps, close } = openDeps(task, shape, {
      env: { ...process.env, EXECUTION_ID: execution_id },
      workDirectory,
      billing: { platform: 'lambda', since: billedSince },
    });
    try {
      await run(deps);
    } finally {
      close();
    }
  } finally {
    clear();
  }
}

function openDeps<Shape extends z.ZodRawShape>(
  task: TaskName,
  shape: Shape,
  place: { readonly env: NodeJS.ProcessEnv; readonly workDirectory: string; readonly billing: Billing },
) {
  const { env, workDirectory, billing } = place;
  const variables = loadConfig(env, { ...PROCESS_VARIABLES, ...shape });
  const { BUCKET_NAME, METRICS_SERVICE, LOG_LEVEL, MEMORY_LIMIT_MB, SPILL_LIMIT_MB } =
    variables as unknown as z.infer<z.ZodObject<typeof PROCESS_VARIABLES>>;
  const { EXECUTION_ID: execution_id } = variables as { EXECUTION_ID?: string };
  const client = new S3Client({});
  const requests = countRequests(client);
  const { bucket, commitsSettled } = trackCommits(s3Bucket(client, BUCKET_NAME));
  const deps: ProcessDeps<z.infer<z.ZodObject<Shape>>> = {
    bucket,
    openDuckDb: () =>
      DuckDb.open({
        tempDirectory: path.join(workDirectory, 'duckdb'),
        memoryLimit: `${Math.floor(MEMORY_LIMIT_MB * DUCKDB_MEMORY_SHARE)}MB`,
        ...(SPILL_LIMIT_MB && { spillLimit: SPILL_LIMIT_MB * 1_000_000 }),
      }),
    workDirectory,
    clock: () => new Date(),
    logger: taskLogger(task, LOG_LEVEL, execution_id === undefined ? {} : { execution_id }),
    metrics: taskMetrics(METRICS_SERVICE),
    usage: () => ({
      platform: billing.platform,
      billed_ms: Date.now() - billing.since.getTime(),
      s3_reads: requests.reads,
      s3_writes: requests.writes,
    }),
    config: variables as z.infer<z.ZodObject<Shape>>,
  };
  return { deps, commitsSettled, close: () => client.destroy() };
}
