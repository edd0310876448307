import { BIGINT, BOOLEAN, INTEGER, VARCHAR } from '@duckdb/node-api';
import { RowAppender } from '../../engine/duckdb/row-appender';
import type { DuckDb } from '../../engine/duckdb/session';

/** What a row has besides the values of its columns. */
export interface RowExtras {
  readonly deleted?: boolean;
  readonly extra?: string | null;
}

/** Good rows of several files in a DuckDB table, which spills to disk if it grows large. */
export class TypedRows {
  private constructor(
    private readonly db: DuckDb,
    /** Its columns: c0, c1, ... in the order of the contract's columns, then `file`, `line`, `deleted` and `extra`. */
    readonly table: string,
    private readonly rows: RowAppender,
  ) {}

  /**
   * Only one can be open per session and table: a second one replaces the table of the first.
   * @param width number of columns of the contract
   */
  static async open(db: DuckDb, width: number, table = 'typed_rows'): Promise<TypedRows> {
    const columns = Array.from({ length: width }, (_, at) => `c${at} varchar`);
    await db.run(
      `create or replace temp table ${table} (${columns.join(', ')}, file integer, line bigint, deleted boolean, extra varchar)`,
    );
    const types = [...columns.map(() => VARCHAR), INTEGER, BIGINT, BOOLEAN, VARCHAR];
    return new TypedRows(db, table, await RowAppender.open(db, table, types));
  }

  /**
   * @param values canonical strings in the order of the contract's columns
   * @param more `deleted`: the row deletes its key; `extra`: columns that are not in the contract, as JSON
   */
  add(file: number, values: readonly (string | null)[], line: number, more: RowExtras = {}): void {
    this.rows.add(values, [file, BigInt(line), more.deleted ? true : null, more.extra ?? null]);
  }

  /** Writes all added rows to the table. */
  flush(): void {
    this.rows.flush();
  }

  async close(): Promise<void> {
    this.rows.close();
    await this.db.run(`drop table if exists ${this.table}`);
  }
}
