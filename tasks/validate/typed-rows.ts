import { BIGINT, BOOLEAN, INTEGER, VARCHAR } from '@duckdb/node-api';
import { quoteLiteral } from '../../engine/duckdb/quote';
import { RowAppender } from '../../engine/duckdb/row-appender';
import type { DuckDb } from '../../engine/duckdb/session';
import { fill } from '../../engine/duckdb/sql';
import typedRowsSql from './typed-rows.sql';

/** What a row has besides the values of its columns. */
export interface RowExtras {
  readonly deleted?: boolean;
  readonly extra?: string | null;
}

/** The unit separator, which hardly any text contains. */
const SEPARATOR = '\u001f';

const TYPES = [VARCHAR, INTEGER, BIGINT, BOOLEAN, VARCHAR];

/**
 * Good rows of several files in a DuckDB table, which spills to disk if it grows large. The values of a row are passed on as one text:
 * each text takes a call, which would take longer than all the rest.
 */
export class TypedRows {
  private constructor(
    private readonly db: DuckDb,
    /** A view of c0, c1, ... in the order of the contract's columns, then `file`, `line`, `deleted` and `extra`. */
    readonly table: string,
    private readonly joined: RowAppender,
    private readonly asJson: RowAppender,
  ) {}

  /**
   * Only one can be open per session and table: a second one replaces the table of the first.
   * @param width number of columns of the contract
   */
  static async open(db: DuckDb, width: number, table = 'typed_rows'): Promise<TypedRows> {
    const [joined, asJson] = [joinedTable(table), jsonTable(table)];
    for (const name of [joined, asJson]) {
      await db.run(
        `create or replace temp table ${name} (cells varchar, file integer, line bigint, deleted boolean, extra varchar)`,
      );
    }
    const columns = (value: (at: number) => string) =>
      Array.from({ length: width }, (_, at) => `${value(at)} as c${at}`).join(', ');
    await db.run(
      fill(typedRowsSql, {
        view: table,
        joined,
        as_json: asJson,
        separator: quoteLiteral(SEPARATOR),
        // An empty text is in the other table.
        joined_columns: columns((at) => `nullif(cells[${at + 1}], '')`),
        json_columns: columns((at) => `cells[${at + 1}]`),
      }),
    );
    return new TypedRows(
      db,
      table,
      await RowAppender.open(db, joined, TYPES),
      await RowAppender.open(db, asJson, TYPES),
    );
  }

  /**
   * @param values canonical strings in the order of the contract's columns
   * @param more `deleted`: the row deletes its key; `extra`: columns that are not in the contract, as JSON
   */
  add(file: number, values: readonly (string | null)[], line: number, more: RowExtras = {}): void {
    const others = [file, BigInt(line), more.deleted ? true : null, more.extra ?? null];
    if (values.every(canBeJoined)) this.joined.add([values.join(SEPARATOR)], others);
    else this.asJson.add([JSON.stringify(values)], others);
  }

  /** Writes all added rows to the table. */
  flush(): void {
    this.joined.flush();
    this.asJson.flush();
  }

  async close(): Promise<void> {
    this.joined.close();
    this.asJson.close();
    await this.db.run(`drop view if exists ${this.table}`);
    for (const name of [joinedTable(this.table), jsonTable(this.table)])
      await this.db.run(`drop table if exists ${name}`);
  }
}

const joinedTable = (table: string): string => `${table}_joined`;
const jsonTable = (table: string): string => `${table}_json`;

/** Null is joined as the empty text. */
const canBeJoined = (value: string | null): boolean =>
  value === null || (value !== '' && !value.includes(SEPARATOR));
