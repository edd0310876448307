/** The state of the warehouse, for people and programs. This file contains only types. */

export interface WarehouseStatus {
  /** Host, port and database. */
  readonly server: string;
  /** The number of the newest applied migration; 0 before the first load. */
  readonly migration: number;
  /** Those that are loaded. */
  readonly tables: readonly LoadedTable[];
  /** Rows of each table of the star schema; none before the first load. */
  readonly rows: Readonly<Record<string, number>>;
  /** Events that ingest wrote and that no load has found in the lake yet. */
  readonly ingested_events: number;
}

/** A table of the lake, by its name among the loaded versions. */
export interface LoadedTable {
  readonly table: string;
  readonly loaded_version: number;
  /** Null if the table does not exist any more. */
  readonly lake_version: number | null;
  /** ISO 8601. */
  readonly loaded_at: string;
}

export interface WarehouseVerification {
  /** Rows that are missing, different, or not in the lake, by table; only those with such rows. */
  readonly different_rows: Readonly<Record<string, number>>;
  readonly differences: number;
}
