import { randomUUID } from 'node:crypto';
import type { DuckDb } from '../engine/duckdb/session';
import type { Bucket } from '../storage/bucket';
import type { Action } from './actions';
import type { Snapshot } from './replay';

export interface LakeLogger {
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
}

/** What the functions of the lake depend on. */
export interface Lake {
  readonly bucket: Bucket;
  readonly db: DuckDb;
  /** An existing directory for downloaded and new data files; whoever created it removes it. */
  readonly workDirectory: string;
  readonly clock: () => Date;
  readonly logger?: LakeLogger;
  /** Returns a new UUID; random by default. */
  readonly newId?: () => string;
  /** The `userMetadata` of log entries: the execution id. */
  readonly userMetadata?: string;
  /** For a task that reads again what it has read or written. */
  readonly cache?: LakeCache;
  /** For a process that reads tables again and again. */
  readonly known?: KnownTables;
}

/** What was last read of tables, by location; null where there was none. A function keeps it between its invocations. */
export type KnownTables = Map<string, KnownTable | null>;

export interface KnownTable {
  readonly snapshot: Snapshot;
  /** The log entry of its version. If the table has another, it was deleted and created again. */
  readonly entry: readonly Action[];
}

/** What is known of log entries, by their key: an entry never changes. Small data files that are written stay as well, in `scanDirectory`. */
export interface LakeCache {
  /** Those that were read or written. */
  readonly entries: Map<string, readonly Action[]>;
  /** Tables of the keys whose rows an entry inserts, changes or deletes; for merges that ask for it. */
  readonly changedKeys: Map<string, string>;
  /** Temporary tables of the rows that an entry changes, before and after; likewise. */
  readonly changedRows: Map<string, string>;
}

export const emptyCache = (): LakeCache => ({
  entries: new Map(),
  changedKeys: new Map(),
  changedRows: new Map(),
});

export function newId(lake: Pick<Lake, 'newId'>): string {
  return lake.newId?.() ?? randomUUID();
}

/** A unique name for a temporary table of DuckDB. */
export function temporaryName(lake: Pick<Lake, 'newId'>, role: string): string {
  return `lake_${role}_${newId(lake).replaceAll('-', '')}`;
}

export async function dropTables({ db }: Pick<Lake, 'db'>, tables: readonly string[]): Promise<void> {
  for (const table of tables) await db.run(`drop table if exists ${table}`);
}
