/** The lake's tables, as people and programs see them: shapes alone, without anything that reads them. */

export interface ColumnView {
  readonly name: string;
  /** As Delta names it: `long`, `string`, `date`, `timestamp`, `decimal(18,4)`. */
  readonly type: string;
}

/** By partition column, null for rows without a value. */
export type PartitionValues = Readonly<Record<string, string | null>>;

export interface PartitionView {
  readonly values: PartitionValues;
  readonly files: number;
  /** null where a file's stats do not say how many rows it has. */
  readonly rows: number | null;
  readonly bytes: number;
}

export interface CommitView {
  readonly version: number;
  /** `MERGE`, `OPTIMIZE`, or what another writer calls it. */
  readonly operation: string | null;
  /** ISO 8601. */
  readonly at: string | null;
  /** Rows, where the writer tells. */
  readonly inserted: number | null;
  readonly updated: number | null;
  readonly deleted: number | null;
  readonly files_added: number;
  readonly files_removed: number;
  readonly bytes_added: number;
  /** null where the writer did not say how large a removed file was. */
  readonly bytes_removed: number | null;
  /** The name of the execution it was made for; null for maintenance and other writers. */
  readonly execution: string | null;
}

/** One page of a table's commits. */
export interface CommitPage {
  /** Newest first. */
  readonly commits: readonly CommitView[];
  /** The next page holds commits before this version; null where there are none: the table began, or the log was cleaned up. */
  readonly before: number | null;
  /** Of the oldest commit that is left in the log; null where this page does not come that far. */
  readonly oldest: number | null;
}

/** A data file, as a log entry names it. */
export interface DataFileView {
  /** Relative to the table. */
  readonly path: string;
  readonly partition: PartitionValues;
  /** null where the writer did not say. */
  readonly bytes: number | null;
  readonly rows: number | null;
  /** When it was written, ISO 8601; null for one that a commit removed. */
  readonly written_at: string | null;
}

/** All that a commit's entry tells. */
export interface CommitDetail extends CommitView {
  /** The program that committed. */
  readonly engine: string | null;
  /** What the commit was computed from. */
  readonly read_version: number | null;
  /** How far applications had come: KPI tables name the versions of the staging tables they were computed from. */
  readonly txns: readonly { readonly app: string; readonly version: number }[];
  readonly metrics: Readonly<Record<string, string>>;
  readonly added: readonly DataFileView[];
  readonly removed: readonly DataFileView[];
}

export interface TableSummary {
  readonly name: string;
  /** The table's prefix in the bucket. */
  readonly location: string;
  readonly version: number;
  /** ISO 8601; null where the newest commit does not say. */
  readonly changed_at: string | null;
  /** null where a file's stats do not say how many rows it has. */
  readonly rows: number | null;
  /** Live data files. */
  readonly files: number;
  readonly bytes: number;
  readonly partitions: number;
  readonly partition_columns: readonly string[];
  readonly key: readonly string[];
  readonly columns: readonly ColumnView[];
}

/** A table's live files at a version. */
export interface TableFiles {
  readonly version: number;
  readonly files: readonly DataFileView[];
  readonly partitions: readonly PartitionView[];
}

/** Cells are exact: 64-bit integers, decimals and times as text. */
export type Cell = string | number | boolean | null;

export interface RowsPreview {
  readonly version: number;
  /** Types as DuckDB names them. */
  readonly columns: readonly ColumnView[];
  readonly rows: readonly (readonly Cell[])[];
  /** The rows that match the choice, in all; null where not every file says how many it has. */
  readonly rows_in_all: number | null;
  /** Data files that these rows were read from, the smallest, and how many there are. */
  readonly files_read: number;
  readonly files: number;
}
