/** Where the values of a row come from, for people and programs. This file contains only types. */

/** Values by column as text; null without one. */
export type LineageRow = Readonly<Record<string, string | null>>;

/** A commit that changed a row. */
export interface RowCommit {
  readonly version: number;
  /** Name of the execution; null if the commit has none. */
  readonly execution: string | null;
  /** ISO 8601; null if the commit has no time. */
  readonly at: string | null;
}

/** Rows of one table that a mart row was computed from. */
export interface LineageInput {
  /** The view that the mart's query reads, which names the input. */
  readonly view: string;
  /** The kind or the mart. */
  readonly name: string;
  /** `staging/orders` */
  readonly location: string;
  readonly is_mart: boolean;
  readonly key: readonly string[];
  /** The version of the table that the mart was computed from; null for a table that did not exist. */
  readonly version: number | null;
  readonly rows: number;
  /** What the rows have in common with the mart row, in the columns that the mart's query reads. */
  readonly where: readonly { readonly column: string; readonly value: string | null }[];
  /** The input whose rows refer to these; null for rows that the mart's query reads itself. */
  readonly referred_by: string | null;
}

export interface MartRowLineage {
  readonly mart: string;
  readonly description: string;
  readonly grain: string | null;
  readonly key: readonly string[];
  /** The types of the columns of a mart, by column. */
  readonly types: Readonly<Record<string, string>>;
  /** The stored values; null if there is no such row (any more). */
  readonly row: LineageRow | null;
  /** The version of the mart's table. */
  readonly version: number;
  /** The commit that last changed the row; null if it is no longer in the log. */
  readonly changed: RowCommit | null;
  readonly inputs: readonly LineageInput[];
  /** True if the mart's query over the rows of `inputs` gives the stored values, which was computed. */
  readonly is_reproduced: boolean;
  /** True if the inputs are read as they are now, as the versions that the mart was computed from can no longer be read. */
  readonly is_newer: boolean;
}

/** Some rows of an input, by key. */
export interface LineageRows {
  readonly columns: readonly string[];
  /** In the order of `columns`. */
  readonly rows: readonly (readonly (string | null)[])[];
  /** All rows of the input. */
  readonly total: number;
}

/** One version of a row below `staging/`. */
export interface StagedVersion {
  readonly values: LineageRow;
  /** The version that the table has. */
  readonly is_current: boolean;
  /** It deletes its key. */
  readonly is_deleted: boolean;
  /** The input file's key. */
  readonly source_key: string;
  /** Its upload time, ISO 8601; for a replay that of the original upload. */
  readonly uploaded_at: string;
  /** The line in the file; null if it is not known, as all rows of its data file came again unchanged. */
  readonly line: number | null;
  /** The commit that put it into the table; null if that is no longer in the log, or it never won. */
  readonly staged: RowCommit | null;
}

export interface StagedRowLineage {
  readonly kind: string;
  readonly location: string;
  readonly key: readonly string[];
  readonly columns: readonly string[];
  /** Newest first; none if the table never had the row, as far as can be told. */
  readonly versions: readonly StagedVersion[];
  /** `history`: all versions, of a contract that keeps them; `log`: those that the table's log and data files still have. */
  readonly from: 'history' | 'log';
}

/** A row as it is in its file. */
export interface FileLine {
  readonly line: number;
  /** The unchanged text; null if it is not shown, for the reason in `note`. */
  readonly text: string | null;
  /** The cells by the names in the header; none if they cannot be told. */
  readonly cells: readonly { readonly column: string; readonly value: string }[];
  readonly note: string | null;
}
