import type { Client } from 'pg';
import type { Lake } from '../../lake/lake';

/** What the statements of a warehouse differ in. All others are the same text for each. */
export interface Dialect {
  readonly name: 'postgres' | 'redshift';
  /** The settings of each connection. */
  readonly session: readonly string[];
  /** Statements that come before the first lock, each in a transaction of its own. A retry is safe. */
  readonly prepare: readonly string[];
  /** In order. A migration that was released never changes. */
  readonly migrations: readonly Migration[];
  /** The parts of statements that make temporary tables: types of columns. */
  readonly types: Readonly<Record<'text' | 'amount' | 'rate', string>>;
  /** Whether ingest writes events to the warehouse before the lake has them. */
  readonly takesEvents: boolean;
  /** The type of a column, by its name in PostgreSQL. */
  columnType(type: string): string;
  /** The statements of a script, which run one after the other. */
  statements(script: string): readonly string[];
  /** Takes the lock that keeps other loads out until the transaction ends, as its first statements. */
  lock(client: Client, lock: Lock): Promise<void>;
  /** What an insert says about rows whose key is there already, because another transaction has just inserted them. */
  ifAbsent(key: string): string;
  upsert(rows: Upsert): readonly Statement[];
  /** Gives the planner statistics of temporary tables. */
  analyze(client: Client, tables: readonly string[]): Promise<void>;
  /**
   * Adds the rows of a DuckDB relation to a table, by way of a file in the work directory: no process holds them in memory.
   * @param table an identifier that needs no quotes
   * @param columns of both
   * @param relation in DuckDB
   */
  copyRows(
    lake: CopySource,
    client: Client,
    table: string,
    columns: readonly string[],
    relation: string,
  ): Promise<void>;
}

export type CopySource = Pick<Lake, 'db' | 'bucket' | 'workDirectory' | 'newId'>;

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}

export interface Lock {
  readonly waitSeconds: number;
  /** Whether others that share it can have it, too. */
  readonly isShared: boolean;
  /** How long the client may leave the transaction idle; it may be gone, and the server take hours to notice. */
  readonly maxIdle: string;
}

/** Rows that a table is to have. */
export interface Upsert {
  /** As in SQL. */
  readonly table: string;
  readonly key: readonly string[];
  /** Those of the query, in order; with the key. */
  readonly columns: readonly string[];
  /** A query; each key once. */
  readonly rows: string;
  /** A column of the key, and a temporary table that has all of its values in the rows under the same name. */
  readonly touched: { readonly column: string; readonly table: string };
  /** Whether several transactions can write at a time: all take the rows in the order of the key, so none waits for another that waits for it. */
  readonly isConcurrent?: boolean;
}

export interface Statement {
  readonly sql: string;
  /** How it counts changed rows: it writes them, or its answer has their number as `changed`. */
  readonly counts?: 'written' | 'answered';
}
