import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import type { Catalog } from '../../catalog/catalog';
import { maintainResultKey } from '../../domain/object-keys';
import { DAY_MS } from '../../domain/time';
import type { BatchFile } from '../../domain/workflow';
import { DuckDb } from '../../engine/duckdb/session';
import type { KnownTables, Lake } from '../../lake/lake';
import { type Verification, verify } from '../../operations/kpis/verify';
import type { TaskLogger } from '../../runtime/logger';
import { withResult, withResultAt } from '../../runtime/task-result';
import { REFRESH_LIFETIME_SECONDS } from '../../state-machine/timeouts';
import { writeBatchManifest } from '../../storage/batch-manifest';
import { MAINTAIN_VARIABLES } from '../../tasks/maintain/config';
import { run as maintain } from '../../tasks/maintain/maintain';
import { run as refresh } from '../../tasks/refresh/refresh';
import { run as stage } from '../../tasks/stage/stage';
import { run as validate } from '../../tasks/validate/validate';
import { FaultyProcess } from './faulty-process';
import { kpiCatalog } from './kpi-catalog';
import { MemoryBucket } from './memory-bucket';
import { MemoryKpiStore } from './memory-kpi-store';
import { silentLogger } from './silent-logger';
import { silentMetrics } from './silent-metrics';

/** A file as it is uploaded; the time is in epoch milliseconds. */
export interface PipelineFile {
  readonly key: string;
  readonly csv: string | Uint8Array;
  readonly uploadedAt: number;
  /** Written beside it. */
  readonly metadata?: Readonly<Record<string, string>>;
}

import { ALL_CHANGE_FILES } from './test-lake';
/** Read only for contracts that pseudonymize. */
export const PSEUDONYM_KEY = 'a key for tests, which is long enough to be one';

/** The tasks of an execution, in order. */
export const PIPELINE_TASKS = ['validate', 'stage', 'transform'] as const;
export type PipelineTask = (typeof PIPELINE_TASKS)[number];

/** The three tasks over a bucket and KPI tables in memory, without the workflow around them. */
export class TaskPipeline {
  /** Epoch milliseconds: the last upload's, or later where it is put forward. */
  now = 0;
  targetFileMb = 128;
  maxBadRowShare = 0.2;
  private batches = 0;
  private processes = 0;
  logger: TaskLogger = silentLogger;
  /** Merges write change files, however few rows they write again. */
  hasChangeFiles = false;
  /** The tasks run in functions, which know the tables of earlier executions. */
  isWarm = false;
  private readonly known = new Map<PipelineTask, KnownTables>();
  readonly bucket = new MemoryBucket('memory', () => new Date(this.now));
  private readonly stores: ReadonlyMap<string, MemoryKpiStore>;
  private readonly directory = mkdtempSync(path.join(tmpdir(), 'daybook-tasks-'));

  constructor(
    public timeZone = 'UTC',
    public catalog: Catalog = kpiCatalog,
  ) {
    this.stores = new Map(catalog.marts.map((mart) => [mart.name, new MemoryKpiStore(mart)]));
  }

  /** The DynamoDB table of a mart. */
  store(mart: string): MemoryKpiStore {
    const found = this.stores.get(mart);
    if (!found) throw new RangeError(`no mart ${mart}`);
    return found;
  }

  get orders(): MemoryKpiStore {
    return this.store('order_kpis');
  }

  get categories(): MemoryKpiStore {
    return this.store('category_kpis');
  }

  /**
   * Uploads files and runs one execution over them to its end.
   * @returns the execution's id
   * @throws what a task throws; calling again is another try at the same files
   */
  async process(files: readonly PipelineFile[]): Promise<string> {
    for (const file of files) await this.upload(file);
    return this.execute(files);
  }

  async upload({ key, csv, uploadedAt, metadata = {} }: PipelineFile): Promise<void> {
    const now = Math.max(this.now, uploadedAt);
    this.now = uploadedAt;
    await this.bucket.putWith(metadata, key, csv);
    this.now = now;
  }

  /**
   * Runs one execution over files that were uploaded.
   * @param processOf the process of each try at a task
   * @param tries at each task before the execution fails
   * @param tasks those to run
   * @returns the execution's id
   * @throws what a task throws the last time
   */
  async execute(
    files: readonly PipelineFile[],
    processOf: (task: PipelineTask) => FaultyProcess = () => new FaultyProcess(),
    tries = 1,
    tasks: readonly PipelineTask[] = PIPELINE_TASKS,
  ): Promise<string> {
    const manifest = [];
    for (const { key, csv, uploadedAt } of files) {
      const etag = (await this.bucket.head(key))?.etag ?? '';
      manifest.push({ key, etag, size: csv.length, uploaded_at: new Date(uploadedAt).toISOString() });
    }
    return this.executeBatch(manifest, processOf, tries, tasks);
  }

  /** As `execute`, of files as the orchestrator found them. */
  async executeBatch(
    manifest: readonly BatchFile[],
    processOf: (task: PipelineTask) => FaultyProcess = () => new FaultyProcess(),
    tries = 1,
    tasks: readonly PipelineTask[] = PIPELINE_TASKS,
  ): Promise<string> {
    const executionId = this.nextExecutionId;
    this.batches += 1;
    await writeBatchManifest(this.bucket, { execution_id: executionId, files: [...manifest], messages: [] });
    for (const task of tasks) {
      for (let left = tries - 1; ; left--) {
        try {
          await this.runTask(task, executionId, processOf(task));
          break;
        } catch (error) {
          if (left === 0) throw error;
        }
      }
    }
    return executionId;
  }

  /** The id of the execution that starts next. */
  get nextExecutionId(): string {
    return `batch-${this.batches + 1}`;
  }

  protected async runTask(
    task: PipelineTask,
    executionId: string,
    process: FaultyProcess,
    ENGINE: 'duckdb' | 'spark' = 'duckdb',
  ): Promise<void> {
    const known: KnownTables = this.known.get(task) ?? new Map();
    if (this.isWarm) this.known.set(task, known);
    const deps = { ...this.depsOf(process), known };
    const input = { executionId };
    const run = {
      validate: () =>
        validate(input, {
          ...deps,
          config: { MAX_BAD_ROW_SHARE: this.maxBadRowShare },
          pseudonymKey: async () => PSEUDONYM_KEY,
        }),
      stage: () =>
        stage(input, {
          ...deps,
          config: { TARGET_FILE_MB: this.targetFileMb, ENGINE },
          ...(this.hasChangeFiles && { changeFiles: ALL_CHANGE_FILES }),
        }),
      transform: () =>
        refresh(input, {
          ...deps,
          config: { REPORTING_TIME_ZONE: this.timeZone, REFRESH_LIFETIME_SECONDS, ENGINE },
          storeOf: ({ name }) => process.store(this.store(name)),
        }),
    };
    const contracts = this.catalog.contractsHash;
    try {
      await withResult<object>(task, executionId, { ...deps, contracts }, run[task]);
    } finally {
      if (process.isDead) this.known.delete(task);
    }
  }

  /**
   * Runs the maintenance, now or so many days later.
   * @param retentionDays of data files, and of the log
   */
  async maintain(daysLater = 0, retentionDays?: number, process = new FaultyProcess()) {
    const now = new Date(this.now + daysLater * DAY_MS);
    const deps = {
      ...this.depsOf(process),
      clock: () => now,
      config: z
        .object(MAINTAIN_VARIABLES)
        .parse({ FILE_RETENTION_DAYS: retentionDays, LOG_RETENTION_DAYS: retentionDays }),
    };
    return withResultAt(maintainResultKey(now), { task: 'maintain' }, deps, () => maintain(deps));
  }

  /** Both KPI tables and kpis/ held against staging/. */
  verify(): Promise<Verification> {
    return this.withLake((lake) =>
      verify({
        lake,
        catalog: this.catalog,
        itemsOf: ({ name, dynamoDb }) => ({ table: dynamoDb.table, read: () => this.store(name).cells() }),
      }),
    );
  }

  /** The lake, for those who read or write its tables beside the tasks. */
  async withLake<T>(act: (lake: Lake) => Promise<T>): Promise<T> {
    const { openDuckDb, ...deps } = this.depsOf(new FaultyProcess());
    const db = await openDuckDb();
    try {
      return await act({ ...deps, db });
    } finally {
      db.close();
    }
  }

  private depsOf(process: FaultyProcess) {
    const workDirectory = path.join(this.directory, String(++this.processes));
    mkdirSync(workDirectory);
    return {
      catalog: this.catalog,
      bucket: process.bucket(this.bucket),
      clock: () => new Date(this.now),
      logger: this.logger,
      metrics: silentMetrics,
      workDirectory,
      openDuckDb: () => DuckDb.open({ tempDirectory: path.join(workDirectory, 'duckdb'), threads: 1 }),
    };
  }

  close(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
