import {
  BIGINT,
  BOOLEAN,
  type DuckDBAppender,
  DuckDBDataChunk,
  type DuckDBType,
  INTEGER,
  VARCHAR,
} from '@duckdb/node-api';
import type { DuckDb } from '../../engine/duckdb/session';

/** DuckDB's vector size, the maximum of a chunk. */
const MAX_CHUNK_ROWS = 2048;

/** What a row has besides the values of its columns. */
export interface RowExtras {
  readonly deleted?: boolean;
  readonly extra?: string | null;
}

/** Good rows of several files in a DuckDB table, which spills to disk if it grows large. */
export class TypedRows {
  private columns: (string | null)[][] = [];
  private files: number[] = [];
  private lines: bigint[] = [];
  private deleted: (boolean | null)[] = [];
  private extras: (string | null)[] = [];
  private readonly types: DuckDBType[];

  private constructor(
    private readonly db: DuckDb,
    /** Its columns: c0, c1, ... in the order of the contract's columns, then `file`, `line`, `deleted` and `extra`. */
    readonly table: string,
    private readonly width: number,
    private readonly appender: DuckDBAppender,
  ) {
    this.types = [...Array.from({ length: width }, () => VARCHAR), INTEGER, BIGINT, BOOLEAN, VARCHAR];
    this.clear();
  }

  /**
   * Only one can be open per session and table: a second one replaces the table of the first.
   * @param width number of columns of the contract
   */
  static async open(db: DuckDb, width: number, table = 'typed_rows'): Promise<TypedRows> {
    const columns = Array.from({ length: width }, (_, at) => `c${at} varchar`);
    await db.run(
      `create or replace temp table ${table} (${columns.join(', ')}, file integer, line bigint, deleted boolean, extra varchar)`,
    );
    return new TypedRows(db, table, width, await db.connection.createAppender(table));
  }

  /**
   * @param values canonical strings in the order of the contract's columns
   * @param more `deleted`: the row deletes its key; `extra`: columns that are not in the contract, as JSON
   */
  add(file: number, values: readonly (string | null)[], line: number, more: RowExtras = {}): void {
    for (const [at, value] of values.entries()) this.columns[at]?.push(value);
    this.files.push(file);
    this.lines.push(BigInt(line));
    this.deleted.push(more.deleted ? true : null);
    this.extras.push(more.extra ?? null);
    if (this.lines.length === MAX_CHUNK_ROWS) this.appendChunk();
  }

  /** Writes all added rows to the table. */
  flush(): void {
    this.appendChunk();
    this.appender.flushSync();
  }

  async close(): Promise<void> {
    this.appender.closeSync();
    await this.db.run(`drop table if exists ${this.table}`);
  }

  private appendChunk(): void {
    if (this.lines.length === 0) return;
    const chunk = DuckDBDataChunk.create(this.types, this.lines.length);
    chunk.setColumns([...this.columns, this.files, this.lines, this.deleted, this.extras]);
    this.appender.appendDataChunk(chunk);
    this.clear();
  }

  private clear(): void {
    this.columns = Array.from({ length: this.width }, () => []);
    this.files = [];
    this.lines = [];
    this.deleted = [];
    this.extras = [];
  }
}
