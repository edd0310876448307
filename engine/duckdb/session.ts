import { mkdirSync, statfsSync } from 'node:fs';
import {
  type DuckDBConnection,
  DuckDBInstance,
  DuckDBTimestampTZValue,
  type DuckDBValue,
} from '@duckdb/node-api';

import accessors = require('@duckdb/node-api/lib/vectors/dataAccessors');

// The package's own decoder removes a leading byte order mark from strings, which changes the value.
Object.assign(accessors, { textDecoder: new TextDecoder('utf-8', { ignoreBOM: true }) });
// By default, instants are formatted in the time zone of this machine, with today's offset.
DuckDBTimestampTZValue.timezoneOffsetInMinutes = 0;

export type SqlValue = string | number | bigint | boolean | null;
export type SqlRow = Record<string, unknown>;

export interface DuckDbOptions {
  /** The directory of spill files; created if missing. Each session needs its own. */
  readonly tempDirectory: string;
  /** A size in DuckDB's notation, `1500MB`; by default 80% of the machine's memory. */
  readonly memoryLimit?: string;
  /** The maximum size of spill files, in bytes; by default a share of the free disk space. */
  readonly spillLimit?: number;
  readonly threads?: number;
}

/** Share of the free disk space; the rest is for the files that are read and written. */
const SPILL_SHARE = 0.7;

/**
 * A connection to an in-memory DuckDB database; it runs one statement at a time. Times are UTC; extensions are never
 * downloaded.
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
      // It may return old content of a file that was rewritten, and duplicates the page cache of the system.
      enable_external_file_cache: 'false',
      // Below it, an ASOF join compares each row of one side with each of the other, however many these are.
      asof_loop_join_threshold: '0',
      temp_directory: options.tempDirectory,
      ...(options.memoryLimit && { memory_limit: options.memoryLimit }),
      ...(options.threads && { threads: String(options.threads) }),
    });
    const db = await DuckDb.on(instance, true);
    // DuckDB 1.5 ignores it among the settings above.
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
   * Another connection to the same database, for statements that run in parallel. It does not see temporary tables; it
   * shares memory, threads and spill space. Close it before the first one.
   */
  async connect(): Promise<DuckDb> {
    return DuckDb.on(this.instance, false);
  }

  /** Runs one statement; `$name` parameters are bound. */
  async run(sql: string, parameters: Record<string, SqlValue> = {}): Promise<void> {
    await this.connection.run(sql, parameters as Record<string, DuckDBValue>);
  }

  /** All rows of one query, as JSON values: 64-bit integers, decimals and times are strings. */
  async rows<T extends SqlRow = SqlRow>(
    sql: string,
    parameters: Record<string, SqlValue> = {},
  ): Promise<T[]> {
    const reader = await this.connection.runAndReadAll(sql, parameters as Record<string, DuckDBValue>);
    return reader.getRowObjectsJson() as T[];
  }

  /** The rows of one query, as {@link rows}, in pages of at most a few thousand. Run no other statement until the last one. */
  async *pages<T extends SqlRow = SqlRow>(
    sql: string,
    parameters: Record<string, SqlValue> = {},
  ): AsyncGenerator<T[]> {
    const result = await this.connection.stream(sql, parameters as Record<string, DuckDBValue>);
    for await (const page of result.yieldRowObjectJson()) if (page.length > 0) yield page as T[];
  }

  /** The memory that the database may use, in bytes. */
  async memoryLimit(): Promise<number> {
    const [setting] = await this.rows<{ size: string }>("select current_setting('memory_limit') as size");
    const [, size, unit = ''] = /^([0-9.]+) (bytes|KiB|MiB|GiB|TiB)$/.exec(setting?.size ?? '') ?? [];
    if (size === undefined) throw new RangeError(`DuckDB's memory limit is ${setting?.size}`);
    return Number(size) * 1024 ** ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'].indexOf(unit);
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
