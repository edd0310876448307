import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { CATEGORY_KPIS, ORDER_KPIS } from '../../domain/kpis';
import { maintainResultKey } from '../../domain/object-keys';
import { DuckDb } from '../../lake/duckdb';
import { writeBatchManifest } from '../../tasks/batch-manifest';
import { MAINTAIN_VARIABLES } from '../../tasks/maintain/config';
import { run as maintain } from '../../tasks/maintain/maintain';
import { run as stage } from '../../tasks/stage/stage';
import { withResult, withResultAt } from '../../tasks/task-result';
import { run as transform } from '../../tasks/transform/transform';
import { run as validate } from '../../tasks/validate/validate';
import { MemoryBucket } from './memory-bucket';
import { MemoryKpiStore } from './memory-kpi-store';
import { silentLogger } from './silent-logger';
import { silentMetrics } from './silent-metrics';

/** A file as it is uploaded; the time is in epoch milliseconds. */
export interface PipelineFile {
  readonly key: string;
  readonly csv: string | Uint8Array;
  readonly uploadedAt: number;
}

/** The three tasks over a bucket and KPI tables in memory, without the workflow around them. */
export class TaskPipeline {
  private now = 0;
  private batches = 0;
  private maintenances = 0;
  readonly bucket = new MemoryBucket('memory', () => new Date(this.now));
  readonly orders = new MemoryKpiStore(ORDER_KPIS);
  readonly categories = new MemoryKpiStore(CATEGORY_KPIS);
  private readonly directory = mkdtempSync(path.join(tmpdir(), 'daybook-tasks-'));

  constructor(public timeZone = 'UTC') {}

  /**
   * Runs one batch to its end, as one execution.
   * @returns the execution's id
   * @throws what a task throws; calling again is another try at the same files
   */
  async process(files: readonly PipelineFile[]): Promise<string> {
    const executionId = `batch-${++this.batches}`;
    const workDirectory = path.join(this.directory, executionId);
    const manifest = [];
    for (const { key, csv, uploadedAt } of files) {
      this.now = uploadedAt;
      await this.bucket.put(key, csv);
      const etag = (await this.bucket.head(key))?.etag ?? '';
      manifest.push({ key, etag, size: csv.length, uploaded_at: new Date(uploadedAt).toISOString() });
    }
    await writeBatchManifest(this.bucket, { execution_id: executionId, files: manifest, messages: [] });

    const deps = {
      bucket: this.bucket,
      clock: () => new Date(this.now),
      logger: silentLogger,
      metrics: silentMetrics,
      workDirectory,
      openDuckDb: () => DuckDb.open({ tempDirectory: path.join(workDirectory, 'duckdb'), threads: 1 }),
    };
    const input = { executionId };
    await withResult('validate', executionId, deps, () =>
      validate(input, { ...deps, config: { MAX_BAD_ROW_SHARE: 0.2 } }),
    );
    await withResult('stage', executionId, deps, () => stage(input, { ...deps, config: {} }));
    await withResult('transform', executionId, deps, () =>
      transform(input, {
        ...deps,
        config: { REPORTING_TIME_ZONE: this.timeZone },
        stores: { order_kpis: this.orders, category_kpis: this.categories },
      }),
    );
    return executionId;
  }

  /** Runs the maintenance, at the time of the last upload or so many days later. */
  async maintain(daysLater = 0) {
    const now = new Date(this.now + daysLater * 86_400_000);
    const workDirectory = path.join(this.directory, `maintain-${++this.maintenances}`);
    mkdirSync(workDirectory, { recursive: true });
    const deps = {
      bucket: this.bucket,
      clock: () => now,
      logger: silentLogger,
      metrics: silentMetrics,
      workDirectory,
      openDuckDb: () => DuckDb.open({ tempDirectory: path.join(workDirectory, 'duckdb'), threads: 1 }),
      config: z.object(MAINTAIN_VARIABLES).parse({}),
    };
    return withResultAt(maintainResultKey(now), { task: 'maintain' }, deps, () => maintain(deps));
  }

  close(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
