import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { catalog } from '../catalog/catalog';
import { definitionOptions } from '../cli/definition-options';
import { type RunningPipeline, startLocalPipeline } from '../cli/local-pipeline';
import { removeOwnTemplate, templateFor } from '../cli/own-template';
import { type LocalFile, uploadFiles } from '../cli/upload';
import type { Lake } from '../lake/lake';
import { connect, type Deployment, disconnect } from '../operations/deployment';
import { viewExecution } from '../operations/executions/execution';
import { listExecutions } from '../operations/executions/executions';
import { readSteps } from '../operations/executions/follow';
import { type Kpi, readKpis } from '../operations/kpis/kpis';
import { withLake } from '../operations/lake/session';
import { findMart } from '../operations/marts/choice';
import { readFromLake } from '../operations/marts/lake-rows';
import { readQueueDepth } from '../operations/queue';
import { packagePath } from '../package-path';
import type { Warehouse } from '../serving/warehouse/connection';
import { loadWarehouse } from '../tasks/load/load-lake';
import { type BenchContext, newDirectory } from './context';
import type { KpiSet } from './kpi-sets';
import { keepMarts, writeTemplate } from './template';
import {
  assign,
  recordTraffic,
  type S3Request,
  summarize,
  type Traffic,
  type TrafficRecorder,
} from './traffic';

/** A step in the tables: a task, the moves to the archive, or the rest of the workflow. */
export const STEPS = ['validate', 'stage', 'transform', 'archive', 'settle', 'other'] as const;
/** The steps that are separate processes on Fargate. */
export const TASKS = ['validate', 'stage', 'transform'] as const;
export type StepName = (typeof STEPS)[number];

const STEP_OF_STATE: Readonly<Record<string, StepName>> = {
  ValidateFiles: 'validate',
  StageFiles: 'stage',
  TransformKpis: 'transform',
  ArchiveValidFiles: 'archive',
  SettleBatch: 'settle',
};

export interface StepRecord extends Traffic {
  readonly step: StepName;
  readonly seconds: number;
  /** For a task: the peak memory and CPU time of its process. */
  readonly peak_rss_bytes: number | null;
  readonly cpu_seconds: number | null;
}

export interface ExecutionRecord {
  readonly name: string;
  readonly started: Date;
  readonly ended: Date;
  readonly seconds: number;
  /** One for each of STEPS. */
  readonly steps: readonly StepRecord[];
}

/** The two KPI tables, and the marts that they read: what the floor computes. Other marts are measured by `marts`. */
export const KPI_MARTS = ['order_kpis', 'category_kpis', 'order_days', 'customer_days'];

export interface PipelineOptions {
  /** The container's limit; by default the deployment's. */
  readonly memoryLimitMb?: number;
  /** The names of the marts to compute, with those that they read; all by default. */
  readonly marts?: readonly string[] | undefined;
  /** Small batches run in functions, as they do without a measurement, whose memory and CPU time are not recorded. */
  readonly functions?: boolean;
  /** How much longer than locally S3 takes to answer each request. */
  readonly latencyMs?: number;
  /** Stage and transform run on Spark, whose event logs go to this directory. */
  readonly sparkEventLogs?: string;
}

const POLL_MS = 100;
const LOAD_WAIT_SECONDS = 600;

/** A pipeline in this process, with its tasks as child processes, in a temporary directory. */
export class Pipeline {
  private readonly known = new Set<string>();

  private constructor(
    private readonly local: RunningPipeline,
    private readonly deployment: Deployment,
    private readonly traffic: TrafficRecorder,
    private readonly directories: { readonly data: string; readonly usage: string },
    private readonly say: (line: string) => void,
  ) {}

  static async start(
    context: BenchContext,
    { memoryLimitMb, marts, functions = false, latencyMs = 0, sparkEventLogs }: PipelineOptions = {},
  ): Promise<Pipeline> {
    const directory = newDirectory(context, 'pipeline');
    const usage = path.join(directory, 'template');
    const onSpark =
      sparkEventLogs === undefined
        ? undefined
        : {
            source: await templateFor(definitionOptions([], {}), directory, {
              spark: 'true',
              sparkBatchBytes: '0',
            }),
            eventLogs: sparkEventLogs,
          };
    writeTemplate(
      usage,
      {
        NODE_OPTIONS: `--require ${packagePath('dist', 'bench', 'record-usage.cjs')}`,
        DAYBOOK_BENCH_USAGE: usage,
        ...(memoryLimitMb && { MEMORY_LIMIT_MB: String(memoryLimitMb) }),
      },
      { onSpark, functions },
    );
    if (marts) keepMarts(usage, marts);
    const local = await startLocalPipeline({ dataDirectory: directory, every: 0, templateDirectory: usage });
    const { endpoint } = local.outputs;
    const deployment = await connect({ AWS_ENDPOINT_URL: endpoint });
    const traffic = recordTraffic(Number(new URL(endpoint).port), latencyMs);
    return new Pipeline(local, deployment, traffic, { data: directory, usage }, context.say);
  }

  /**
   * Uploads files, and runs executions until all are processed.
   * @returns the executions in order; several if the files did not fit into one
   * @throws Error if an execution did not succeed
   */
  async load(files: readonly LocalFile[]): Promise<ExecutionRecord[]> {
    await uploadFiles(this.deployment, files, () => {});
    this.traffic.take();
    await this.local.tick();
    const arns = await this.untilQuiet();
    const requests = this.traffic.take();
    return Promise.all(arns.map((arn) => this.record(arn, requests)));
  }

  async kpis(): Promise<KpiSet> {
    return {
      order_kpis: await this.servedRows('order_kpis'),
      category_kpis: await this.servedRows('category_kpis'),
    };
  }

  /** All rows of a mart that DynamoDB serves. */
  servedRows(name: string): Promise<Kpi[]> {
    return readKpis(this.deployment, catalog.servedMart(name));
  }

  /** All rows of a mart that is read from the lake, without the columns that are null. */
  async lakeRows(name: string): Promise<Kpi[]> {
    const mart = findMart(catalog.marts, name);
    const all = { where: [], limit: Number.MAX_SAFE_INTEGER };
    const { rows } = await withLake(this.deployment, (lake) => readFromLake(lake, catalog, mart, all));
    return rows.map((row) =>
      Object.fromEntries(
        Object.entries(row).filter((cell): cell is [string, string] => typeof cell[1] === 'string'),
      ),
    );
  }

  withLake<Result>(work: (lake: Lake) => Promise<Result>): Promise<Result> {
    return withLake(this.deployment, work);
  }

  /** Loads what changed into a warehouse, as `daybook warehouse load` does. @returns seconds */
  loadWarehouse(warehouse: Warehouse): Promise<number> {
    const started = performance.now();
    return withLake(this.deployment, async (lake) => {
      await loadWarehouse(lake, warehouse, { catalog, timeZone: 'UTC' }, { waitSeconds: LOAD_WAIT_SECONDS });
      return (performance.now() - started) / 1000;
    });
  }

  /** Stops it, and deletes everything it wrote. */
  async close(): Promise<void> {
    this.traffic.stop();
    disconnect(this.deployment);
    await this.local.stop();
    await removeOwnTemplate(this.directories.data);
    await rm(this.directories.data, { recursive: true, force: true });
  }

  private async untilQuiet(): Promise<string[]> {
    const arns: string[] = [];
    for (;;) {
      // The queue depth first: a message leaves the queue before its execution ends.
      const { waiting, in_flight } = await readQueueDepth(this.deployment);
      const executions = (await listExecutions(this.deployment, 100)).toReversed();
      for (const { executionArn = '', status } of executions) {
        if (status === 'RUNNING' || this.known.has(executionArn)) continue;
        this.known.add(executionArn);
        arns.push(executionArn);
        if (status !== 'SUCCEEDED') throw await this.failure(executionArn);
      }
      const isRunning = executions.some(({ status }) => status === 'RUNNING');
      if (!isRunning && waiting + in_flight === 0) return arns;
      await sleep(POLL_MS);
    }
  }

  private async record(arn: string, requests: readonly S3Request[]): Promise<ExecutionRecord> {
    const { name, started, ended } = await viewExecution(this.deployment, arn);
    if (!started || !ended) throw new Error(`${name}: expected an execution that has ended`);
    const states = await readSteps(this.deployment, arn);
    const traffic = assign(requests, states);
    const usages = await this.readUsages(name);
    const steps = STEPS.map((step): StepRecord => {
      const own = states.filter(({ state }) => (STEP_OF_STATE[state] ?? 'other') === step);
      const usage = usages.filter(({ task }) => task === step);
      const milliseconds = own.map((state) => state.ended.getTime() - state.started.getTime());
      return {
        step,
        seconds: milliseconds.reduce((total, one) => total + one, 0) / 1000,
        ...summarize(own.flatMap((state) => traffic.get(state) ?? [])),
        peak_rss_bytes: usage.length > 0 ? Math.max(...usage.map((one) => one.peak_rss_bytes)) : null,
        cpu_seconds: usage.length > 0 ? usage.reduce((total, one) => total + one.cpu_seconds, 0) : null,
      };
    });
    return { name, started, ended, seconds: (ended.getTime() - started.getTime()) / 1000, steps };
  }

  private async readUsages(execution: string): Promise<Usage[]> {
    const names = (await readdir(this.directories.usage)).filter((name) => name.startsWith(`${execution}-`));
    const read = async (name: string) => readFile(path.join(this.directories.usage, name), 'utf8');
    return Promise.all(names.map(async (name) => JSON.parse(await read(name))));
  }

  private async failure(arn: string): Promise<Error> {
    const { name, status, cause } = await viewExecution(this.deployment, arn);
    this.say(
      `the logs of ${name} are in ${path.join(this.directories.data, 'logs')}; run with --keep to keep them`,
    );
    return new Error(`${name} ${status}: ${cause ?? 'no cause given'}`);
  }
}

/** The output of record-usage.ts. */
interface Usage {
  readonly task: string;
  readonly peak_rss_bytes: number;
  readonly cpu_seconds: number;
}

export function stepOf({ steps }: ExecutionRecord, name: StepName): StepRecord {
  const found = steps.find(({ step }) => step === name);
  if (!found) throw new Error(`expected a step ${name}`);
  return found;
}

/** From the start of the first execution to the end of the last, in seconds. */
export function elapsed(executions: readonly ExecutionRecord[]): number {
  const first = Math.min(...executions.map(({ started }) => started.getTime()));
  const last = Math.max(...executions.map(({ ended }) => ended.getTime()));
  return (last - first) / 1000;
}
