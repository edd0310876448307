import { mkdirSync, statfsSync } from 'node:fs';
import {
  type DuckDBConnection,
  DuckDBInstance,
  DuckDBTimestampTZValue,
  type DuckDBValue,
} from '@duckdb/node-api';

import accessors = require('@duckdb/node-api/lib/vectors/dataAccessors');

// The package's own takes the byte order mark off every text that begins with one: the text is another then.
Object.assign(accessors, { textDecoder: new TextDecoder('utf-8', { ignoreBOM: true }) });
// Without it instants are written in this computer's time zone, and with today's offset at that.
DuckDBTimestampTZValue.timezoneOffsetInMinutes = 0;

export type SqlValue = string | number | bigint | boolean | null;
export type SqlRow = Record<string, unknown>;

export interface DuckDbOptions {
  /** Spill files go here; it is made where it is missing, and belongs to this session alone. */
  readonly tempDirectory: string;
  /** As DuckDB writes sizes, `1500MB`; its own default (80% of the machine) where none is given. */
  readonly memoryLimit?: string;
  /** How far spill files may grow, in bytes; most of what is free on their disk where none is given. */
  readonly spillLimit?: number;
  readonly threads?: number;
}

/** The rest is for the files that are read and written beside. */
const SPILL_SHARE = 0.7;

/**
 * One connection to a DuckDB database in memory, which runs one statement at a time. Times are UTC, extensions are never
 * fetched.
 */
export class DuckDb {
  private constructor(
    private readonly instance: DuckDBInstance,
    readonly connection: DuckDBConnection,
    private readonly isFirst: boolean,
  ) {}

  static async open(options: DuckDbOptions): Promise<DuckDb> {
    mkdirSync(options.tempDirectory, { recursive: true });
    const instance = await DuckDBInstance.create(':memory:', {
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      // It may hold on to what a file held before it was written again, and takes memory for what the system keeps anyway.
      enable_external_file_cache: 'false',
      temp_directory: options.tempDirectory,
      ...(options.memoryLimit && { memory_limit: options.memoryLimit }),
      ...(options.threads && { threads: String(options.threads) }),
    });
    const db = await DuckDb.on(instance, true);
    // Among the settings above DuckDB 1.5 shows it, and does not keep it.
    const spillLimit = options.spillLimit ?? spillSpace(options.tempDirectory);
    await db.run(`set max_temp_directory_size = '${spillLimit}B'`);
    return db;
  }

  private static async on(instance: DuckDBInstance, isFirst: boolean): Promise<DuckDb> {
    const db = new DuckDb(instance, await instance.connect(), isFirst);
    await db.run("set timezone = 'UTC'");
    return db;
  }

  /**
   * Another connection to the same database, for statements that run side by side. It sees all but temporary tables, and
   * shares memory, threads and spill space; to be closed before the first one is.
   */
  async connect(): Promise<DuckDb> {
    return DuckDb.on(this.instance, false);
  }

  /** Runs one statement; `$name` parameters are bound. */
  async run(sql: string, parameters: Record<string, SqlValue> = {}): Promise<void> {
    await this.connection.run(sql, parameters as Record<string, DuckDBValue>);
  }

  /** All rows of one query, as JSON values: 64-bit integers, decimals and times come as strings. */
  async rows<T extends SqlRow = SqlRow>(
    sql: string,
    parameters: Record<string, SqlValue> = {},
  ): Promise<T[]> {
    const reader = await this.connection.runAndReadAll(sql, parameters as Record<string, DuckDBValue>);
    return reader.getRowObjectsJson() as T[];
  }

  close(): void {
    this.connection.closeSync();
    if (this.isFirst) this.instance.closeSync();
  }
}

function spillSpace(directory: string): number {
  const { bavail, bsize } = statfsSync(directory);
  return Math.floor(bavail * bsize * SPILL_SHARE);
}

/** A string literal. The one way a path or other text that cannot be bound gets into SQL. */
export function quoteLiteral(text: string): string {
  if (text.includes('\0')) throw new RangeError('a NUL byte cannot stand in SQL');
  return `'${text.replaceAll("'", "''")}'`;
}

export function quoteIdentifier(name: string): string {
  if (name.includes('\0')) throw new RangeError('a NUL byte cannot stand in SQL');
  return `"${name.replaceAll('"', '""')}"`;
}

/** A list literal of strings, as read_parquet takes its files. */
export function quoteList(texts: readonly string[]): string {
  return `[${texts.map(quoteLiteral).join(', ')}]`;
}
