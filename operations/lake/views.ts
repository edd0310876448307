/** Views of the lake's tables, for people and programs. This file contains only types. */

export interface ColumnView {
  readonly name: string;
  /** Delta's name: `long`, `string`, `date`, `timestamp`, `decimal(18,4)`. */
  readonly type: string;
}

/** By partition column; null for rows without a value. */
export type PartitionValues = Readonly<Record<string, string | null>>;

export interface PartitionView {
  readonly values: PartitionValues;
  readonly files: number;
  /** null if the stats of a file have no row count. */
  readonly rows: number | null;
  readonly bytes: number;
}

export interface CommitView {
  readonly version: number;
  /** `MERGE`, `OPTIMIZE`, or the name that another writer uses. */
  readonly operation: string | null;
  /** ISO 8601. */
  readonly at: string | null;
  /** Rows, if the writer recorded them. */
  readonly inserted: number | null;
  readonly updated: number | null;
  readonly deleted: number | null;
  readonly files_added: number;
  readonly files_removed: number;
  readonly bytes_added: number;
  /** null if the writer did not record the size of a removed file. */
  readonly bytes_removed: number | null;
  /** The execution that made the commit; null for maintenance and other writers. */
  readonly execution: string | null;
}

/** One page of a table's commits. */
export interface CommitPage {
  /** Newest first. */
  readonly commits: readonly CommitView[];
  /** The next page has commits before this version; null if there are none left in the log. */
  readonly before: number | null;
  /** Version of the oldest commit in the log; null if it is not on this page. */
  readonly oldest: number | null;
}

/** A data file of a log entry. */
export interface DataFileView {
  /** Relative to the table. */
  readonly path: string;
  readonly partition: PartitionValues;
  /** null if the writer did not record it. */
  readonly bytes: number | null;
  readonly rows: number | null;
  /** When it was written, ISO 8601; null for a removed file. */
  readonly written_at: string | null;
}

/** The content of a commit's log entry. */
export interface CommitDetail extends CommitView {
  /** The program that committed. */
  readonly engine: string | null;
  /** The version that the commit is based on. */
  readonly read_version: number | null;
  /** Versions recorded by applications: KPI tables record the versions of the staging tables they were computed from. */
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
  /** ISO 8601; null if the newest commit does not record it. */
  readonly changed_at: string | null;
  /** null if the stats of a file have no row count. */
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
  /** Total rows that match the request; null if a file has no row count. */
  readonly rows_in_all: number | null;
  /** Data files that these rows were read from, and all files that match the request. */
  readonly files_read: number;
  readonly files: number;
}
