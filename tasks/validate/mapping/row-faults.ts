import { BIGINT, VARCHAR } from '@duckdb/node-api';
import type { RowFault } from '../../../domain/row-rules';
import { quoteLiteral } from '../../../engine/duckdb/quote';
import { RowAppender } from '../../../engine/duckdb/row-appender';
import type { DuckDb } from '../../../engine/duckdb/session';
import { fill } from '../../../engine/duckdb/sql';
import faultsByLineSql from './faults-by-line.sql';
import spreadFaultsSql from './spread-faults.sql';

export interface LineFaults {
  readonly line: number;
  readonly faults: readonly RowFault[];
}

/** The faults of a file's rows in a DuckDB table, which spills to disk if there are many. */
export class RowFaults {
  private constructor(
    private readonly db: DuckDb,
    private readonly rows: RowAppender,
    /** The table of the faults; flushed by {@link spread} and {@link lines}. */
    readonly table: string,
  ) {}

  /** Only one can be open per session. */
  static async open(db: DuckDb): Promise<RowFaults> {
    const table = 'row_faults';
    await db.run(
      `create or replace temp table ${table} (line bigint, "column" varchar, rule varchar, reason varchar)`,
    );
    const rows = await RowAppender.open(db, table, [BIGINT, VARCHAR, VARCHAR, VARCHAR]);
    return new RowFaults(db, rows, table);
  }

  add(line: number, faults: readonly RowFault[]): void {
    for (const { column, rule, reason } of faults) this.rows.add([BigInt(line), column, rule, reason], []);
  }

  /**
   * Adds a fault for the rows that belong together with a bad one.
   * @param groups table (line, member); member is null for a row that stands alone
   * @param column what `member` is called
   */
  async spread(groups: string, column: string): Promise<void> {
    this.rows.flush();
    await this.db.run(fill(spreadFaultsSql, { faults: this.table, groups, column: quoteLiteral(column) }));
  }

  /** The number of bad rows. */
  async count(): Promise<number> {
    this.rows.flush();
    const [found] = await this.db.rows<{ lines: string }>(
      `select count(distinct line) as lines from ${this.table}`,
    );
    return Number(found?.lines ?? 0);
  }

  /** The bad rows in the order of the file. */
  async *lines(): AsyncGenerator<LineFaults> {
    this.rows.flush();
    let current: { line: number; faults: RowFault[] } | undefined;
    const result = await this.db.connection.stream(fill(faultsByLineSql, { faults: this.table }));
    for await (const chunk of result) {
      for (const [at, column, rule, reason] of chunk.getRows()) {
        const line = Number(at);
        const fault = { column: String(column), rule: String(rule), reason: String(reason) };
        if (current?.line === line) current.faults.push(fault);
        else {
          if (current) yield current;
          current = { line, faults: [fault] };
        }
      }
    }
    if (current) yield current;
  }

  async close(): Promise<void> {
    this.rows.close();
    await this.db.run(`drop table if exists ${this.table}`);
  }
}
