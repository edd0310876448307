import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { catalog } from '../../../catalog/catalog';
import type { Declaration } from '../../../domain/declare';
import { movesKey, reasonKey, rejectedKey, rejectedRowsKey, routingKey } from '../../../domain/object-keys';
import { rejectionSchema } from '../../../domain/rejection';
import {
  type Move,
  moveGroupSchema,
  type Routing,
  routingSchema,
  type ValidatedFile,
} from '../../../domain/workflow';
import { DuckDb } from '../../../engine/duckdb/session';
import { validatedRows } from '../../../formats/validated-rows';
import { writeBatchManifest } from '../../../storage/batch-manifest';
import { run, type ValidateConfig, type ValidateDeps } from '../../../tasks/validate/validate';
import { ORDERS } from '../../builders/csv';
import { MemoryBucket } from '../../builders/memory-bucket';
import { silentLogger } from '../../builders/silent-logger';

export const EXECUTION = 'execution-1';
export const UPLOADED_AT = '2025-04-08T10:00:00.250Z';

/** Last-Modified has whole seconds. */
const STORED_AT = new Date('2025-04-08T10:00:00.000Z');

/** A batch of files in an in-memory bucket, and the result of validate. */
export class Validation {
  now = STORED_AT;
  readonly bucket = new MemoryBucket('shop-bucket', () => this.now);
  readonly workDirectory = mkdtempSync(path.join(tmpdir(), 'daybook-validate-'));
  private readonly manifest: { key: string; etag: string; size: number; uploaded_at: string }[] = [];
  validated = new Map<string, ValidatedFile>();

  /** Uploads a file, and adds it to the batch. */
  async add(key: string, body: string | Uint8Array, uploadedAt = UPLOADED_AT): Promise<void> {
    await this.bucket.put(key, body);
    const { etag = '', size = 0 } = (await this.bucket.head(key)) ?? {};
    this.manifest.push({ key, etag, size, uploaded_at: uploadedAt });
  }

  async run(config: Partial<ValidateConfig> = {}, deps: Partial<ValidateDeps> = {}) {
    const manifest = { execution_id: EXECUTION, files: this.manifest, messages: [] };
    await writeBatchManifest(this.bucket, manifest);
    const outcome = await run(
      { executionId: EXECUTION },
      {
        catalog,
        bucket: this.bucket,
        workDirectory: this.workDirectory,
        clock: () => this.now,
        logger: silentLogger,
        openDuckDb: () => this.openDuckDb(),
        config: { MAX_BAD_ROW_SHARE: 0.2, ...config },
        ...deps,
      },
    );
    this.validated = new Map(outcome.files.map((file) => [file.key, file]));
    return outcome;
  }

  /** The entry of a file in the result. */
  of(key: string): ValidatedFile {
    const found = this.validated.get(key);
    if (!found) throw new Error(`${key} was not validated`);
    return found;
  }

  get routing(): Routing {
    return routingSchema.parse(JSON.parse(this.bucket.text(routingKey(EXECUTION)) ?? ''));
  }

  /** The files to move, group by group. */
  moves(outcome: 'valid' | 'invalid'): Move[][] {
    return this.routing[outcome].map(
      (group) =>
        moveGroupSchema.parse(JSON.parse(this.bucket.text(movesKey(EXECUTION, outcome, group)) ?? '')).moves,
    );
  }

  reason(key: string): Record<string, unknown> {
    return JSON.parse(this.bucket.text(reasonKey(rejectedKey(EXECUTION, key))) ?? '{}');
  }

  /** The lines to add to contracts that the rejection of a file has. */
  declarations(key: string): readonly Declaration[] {
    return rejectionSchema.parse(this.reason(key)).declarations;
  }

  rejectedRows(key: string): Record<string, string>[] {
    const text = this.bucket.text(rejectedRowsKey(rejectedKey(EXECUTION, key)));
    return text === undefined ? [] : parse(text, { columns: true });
  }

  /** The staged rows of a file as JSON values, in the order in which they are stored. */
  async rows(key: string): Promise<Record<string, unknown>[]> {
    return (await this.staged(key)).filter((row) => row._source_key === key);
  }

  /** All rows, by line, of the object that contains the rows of a file. */
  async staged(key: string): Promise<Record<string, unknown>[]> {
    const { kind, rows_key: staged } = this.of(key);
    if (!staged || !kind) return [];
    const local = path.join(this.workDirectory, 'staged.parquet');
    await this.bucket.download(staged, local);
    return this.query(
      `select * from ${validatedRows(catalog.contract(kind), [local])} order by _source_key, _source_line`,
    );
  }

  async query(sql: string): Promise<Record<string, unknown>[]> {
    const db = await this.openDuckDb();
    try {
      return await db.rows(sql);
    } finally {
      db.close();
    }
  }

  /** Input files and files derived from them that are still on local disk. */
  leftovers(): string[] {
    return readdirSync(this.workDirectory).filter((name) => name.startsWith('files-'));
  }

  close(): void {
    rmSync(this.workDirectory, { recursive: true, force: true });
  }

  private openDuckDb(): Promise<DuckDb> {
    return DuckDb.open({ tempDirectory: path.join(this.workDirectory, 'duckdb'), threads: 1 });
  }
}

/** A good row of orders. */
export const order = (id: number) => `${id},7,delivered,2025-03-30T16:14:26,,,,1`;

/** A file of orders: good rows, then the given ones. */
export function orders(good: number, ...more: string[]): string {
  const rows = Array.from({ length: good }, (_, at) => order(at + 1));
  return `${[ORDERS, ...rows, ...more].join('\n')}\n`;
}
