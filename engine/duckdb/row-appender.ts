import { type DuckDBAppender, DuckDBDataChunk, type DuckDBType, type DuckDBValue } from '@duckdb/node-api';
import type { DuckDb } from './session';

/** DuckDB's vector size, the maximum of a chunk. */
const MAX_CHUNK_ROWS = 2048;

/** Rows on their way into a table, of which a chunk at a time is held in memory. */
export class RowAppender {
  private columns: DuckDBValue[][] = [];
  private rows = 0;

  private constructor(
    private readonly appender: DuckDBAppender,
    private readonly types: readonly DuckDBType[],
  ) {
    this.clear();
  }

  /** @param types of all columns of the table, in order */
  static async open(db: DuckDb, table: string, types: readonly DuckDBType[]): Promise<RowAppender> {
    return new RowAppender(await db.connection.createAppender(table), types);
  }

  /** Adds a row: the values of its first columns, and those of the others. */
  add(first: readonly DuckDBValue[], others: readonly DuckDBValue[]): void {
    for (const [at, value] of first.entries()) this.columns[at]?.push(value);
    for (const [at, value] of others.entries()) this.columns[first.length + at]?.push(value);
    this.rows += 1;
    if (this.rows === MAX_CHUNK_ROWS) this.appendChunk();
  }

  /** Writes all added rows to the table. */
  flush(): void {
    this.appendChunk();
    this.appender.flushSync();
  }

  close(): void {
    this.appender.closeSync();
  }

  private appendChunk(): void {
    if (this.rows === 0) return;
    const chunk = DuckDBDataChunk.create(this.types, this.rows);
    chunk.setColumns(this.columns);
    this.appender.appendDataChunk(chunk);
    this.clear();
  }

  private clear(): void {
    this.columns = this.types.map(() => []);
    this.rows = 0;
  }
}
