/**
 * The process around a task: the only place that reads its environment, handles signals, opens clients and sets the exit code
 * (0 succeeded, 1 failed, 143 stopped). Under Lambda (AWS_LAMBDA_RUNTIME_API is set) it runs the task for every invocation;
 * elsewhere once, for the execution that the environment names.
 */

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import type { TaskName } from '../domain/object-keys';
import type { TaskUsage } from '../domain/workflow';
import { DuckDb, type DuckDbOptions } from '../engine/duckdb/session';
import type { KnownTables } from '../lake/lake';
import { trackCommits } from '../lake/pending-commits';
import type { Bucket } from '../storage/bucket';
import { s3Bucket } from '../storage/s3-bucket';
import { s3Client } from '../storage/s3-client';
import { COMMON_VARIABLES, loadConfig } from './config';
import { type Invocation, serveInvocations } from './lambda-runtime/runtime-api';
import { taskError } from './lambda-runtime/task-error';
import { type TaskLogger, taskLogger } from './logger';
import { type TaskMetrics, taskMetrics } from './metrics';
import { causeOf, withResult } from './task-result';
import { type Billing, countRequests, fargateBilling } from './task-usage';

/** DuckDB's share of the container's memory. The rest is for Node, the SDK's buffers and the page cache. */
const DUCKDB_MEMORY_SHARE = 0.6;

const PROCESS_VARIABLES = {
  ...COMMON_VARIABLES,
  /** The container's limit. */
  MEMORY_LIMIT_MB: z.coerce.number().int().positive(),
  /** Most disk space for DuckDB to spill, MB of 1,000,000 bytes; by default most of the free space. */
  SPILL_LIMIT_MB: z.coerce.number().int().positive().optional(),
};

/** The dependencies of every task. */
export interface TaskDeps<Config> {
  readonly bucket: Bucket;
  /**
   * Opens a DuckDB session with the container's limits; the task closes it.
   * @param share of these limits, if there are more sessions; default 1
   */
  readonly openDuckDb: (share?: number) => Promise<DuckDb>;
  /** What the process knows of the lake from earlier invocations. */
  readonly known?: KnownTables;
  /** An empty directory, removed afterwards. */
  readonly workDirectory: string;
  readonly clock: () => Date;
  readonly logger: TaskLogger;
  readonly config: Config;
}

/** What only the process needs: a task does not emit the metrics of its own attempt. */
export interface ProcessDeps<Config> extends TaskDeps<Config> {
  readonly metrics: TaskMetrics;
  /** What `openDuckDb` opens a session with, for one in another thread. @param name tells its directory from that of others */
  readonly duckDbOptions: (share: number, name: string) => DuckDbOptions;
  /** The usage of the attempt so far. */
  readonly usage: () => TaskUsage;
}

export interface TaskDefinition<Shape extends z.ZodRawShape> {
  readonly task: TaskName;
  /** The hash of the contracts that it applies. */
  readonly contracts: string;
  /** The hash of the marts that it computes. */
  readonly marts?: string;
  /** The task's own variables. */
  readonly variables: Shape;
  /** The task. Its value goes into the result object. */
  readonly run: (
    input: { executionId: string },
    deps: ProcessDeps<z.infer<z.ZodObject<Shape>>>,
  ) => Promise<object>;
}

/** Runs the task for the execution that the environment names, then ends the process; under Lambda for every invocation. */
export async function runTaskProcess<Shape extends z.ZodRawShape>(
  definition: TaskDefinition<Shape>,
): Promise<never> {
  const { task, contracts, marts } = definition;
  const variables = { ...definition.variables, EXECUTION_ID: z.string().min(1) };
  const attempt = async (deps: ProcessDeps<z.infer<z.ZodObject<typeof variables>>>): Promise<void> => {
    const { EXECUTION_ID: executionId } = deps.config as { EXECUTION_ID: string };
    const own = deps as unknown as ProcessDeps<z.infer<z.ZodObject<Shape>>>;
    await withResult(task, executionId, { ...own, contracts, ...(marts && { marts }) }, () =>
      definition.run({ executionId }, own),
    );
  };
  const { AWS_LAMBDA_RUNTIME_API: host } = process.env;
  if (host === undefined) return runProcess(task, variables, attempt);
  const known: KnownTables = new Map();
  return serveInvocations(host, async (invocation) => {
    try {
      await runInvocation(task, variables, invocation, (deps) => attempt({ ...deps, known }));
      return { result: { task } };
    } catch (error) {
      process.stderr.write(`${task}: ${causeOf(error)}\n`);
      return { error: taskError(error) };
    }
  });
}

/**
 * Opens the dependencies of a task's process, runs it, and ends the process.
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

/** The payload of an invocation by the state machine. */
const eventSchema = z.object({ execution_id: z.string().min(1) });

/**
 * Runs one invocation in a process that had others. It clears the directory first: Lambda keeps it even after an invocation
 * that killed the process.
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
  const client = s3Client();
  const requests = countRequests(client);
  const { bucket, commitsSettled } = trackCommits(s3Bucket(client, BUCKET_NAME));
  const duckDbOptions = (share: number, name: string): DuckDbOptions => ({
    tempDirectory: path.join(workDirectory, name),
    memoryLimit: `${Math.floor(MEMORY_LIMIT_MB * DUCKDB_MEMORY_SHARE * share)}MB`,
    ...(SPILL_LIMIT_MB && { spillLimit: Math.floor(SPILL_LIMIT_MB * share) * 1_000_000 }),
  });
  const deps: ProcessDeps<z.infer<z.ZodObject<Shape>>> = {
    bucket,
    openDuckDb: (share = 1) => DuckDb.open(duckDbOptions(share, 'duckdb')),
    duckDbOptions,
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
