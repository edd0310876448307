import { type DuckDBType, VARCHAR } from '@duckdb/node-api';
import type { Contract } from '../../domain/contract';
import type { EventRow } from '../../domain/events/normalize';
import { RowAppender } from '../../engine/duckdb/row-appender';
import type { DuckDb } from '../../engine/duckdb/session';

/** Some columns of rows of a kind, on their way into a table that has columns of numbers in front of them. */
export class Arrivals {
  private added = 0;

  private constructor(
    private readonly rows: RowAppender,
    private readonly positions: readonly number[],
  ) {}

  /** @param numbers types of the columns in front */
  static async open(
    db: DuckDb,
    table: string,
    numbers: readonly DuckDBType[],
    { columns }: Contract,
    names: readonly string[],
  ): Promise<Arrivals> {
    const positions = names.map((name) => columns.findIndex((column) => column.name === name));
    const types = [...numbers, ...names.map(() => VARCHAR)];
    return new Arrivals(await RowAppender.open(db, table, types), positions);
  }

  /** @param numbers the values in front */
  add(numbers: readonly (number | null)[], { values }: EventRow): void {
    this.rows.add(
      numbers,
      this.positions.map((position) => values[position] ?? null),
    );
    this.added += 1;
  }

  /** True if nothing was added since {@link flush}. */
  get isEmpty(): boolean {
    return this.added === 0;
  }

  /** Writes all added rows to the table. */
  flush(): void {
    this.rows.flush();
    this.added = 0;
  }
}
