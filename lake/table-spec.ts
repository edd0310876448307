import type { TableColumn } from './schema';

/** The first characters, or those after `skip`, of the day of a date or of an instant in UTC, `2026-11-28`. */
export interface DayPart {
  /** A column of type `date` or `timestamp`. */
  readonly of: string;
  readonly skip?: number;
  readonly length: number;
}

/** What the lake needs to know about a table to write it. */
export interface TableSpec {
  readonly name: string;
  /** The table's prefix in the bucket, without a trailing slash. */
  readonly location: string;
  /** Every column, partition columns included. */
  readonly columns: readonly TableColumn[];
  /** Columns that identify a row and are never null. */
  readonly key: readonly string[];
  readonly partitionColumns: readonly string[];
  /** Those that it has instead while its partitions are small (lake/layout). */
  readonly coarse?: {
    /** Some of `partitionColumns`; the others are derived. */
    readonly partitionColumns: readonly string[];
    /** A partition with fewer rows is small. */
    readonly rows: number;
  };
  /**
   * Columns that order the versions of a row, most significant first: the greatest version wins. Empty if an incoming row
   * always replaces the stored one.
   */
  readonly versionOrder: readonly string[];
  /**
   * Columns of `versionOrder` that say where a row comes from, and nothing about what it says: the upload, and last the row's place in
   * it. A data file whose rows all come again from one upload, otherwise unchanged, is not written again: the log gets the new origin
   * (lake/confirmation), in which the place is unknown, null. Undefined if a row must always be stored with its newest origin.
   */
  readonly origin?: readonly string[];
  /** The size that data files grow to at most, in bytes: what a change of a single row rewrites. */
  readonly maxFileBytes?: number;
  /** Columns of type `string` that a merge computes from others. */
  readonly derived: Readonly<Record<string, DayPart>>;
  /**
   * The single partition column is the day, `2026-11-28`, of a key, which never changes: a merge looks a key up among the files of
   * its day only, and where the boolean column `uncertain` of its row is true, also among those of the day before and after.
   */
  readonly keyDays?: { readonly uncertain?: string };
  /** Properties of the table that must never change, such as `daybook.key`; they are in its metaData. */
  readonly properties?: Readonly<Record<string, string>>;
  /**
   * A boolean column, true in a deleted row and otherwise null. A deleted row stays in its data file, so that a late older
   * version does not bring it back; `readTable` leaves it out.
   */
  readonly deletedColumn?: string;
}

export const columnNames = ({ columns }: Pick<TableSpec, 'columns'>): string[] =>
  columns.map(({ name }) => name);

/** The columns of the rows that are not deleted: all except the deletion flag. */
export const visibleColumns = ({ columns, deletedColumn }: TableSpec): TableColumn[] =>
  columns.filter(({ name }) => name !== deletedColumn);

/** The columns that a change of a row can be seen in: all except those of its version. */
export const valueColumns = (spec: TableSpec): string[] =>
  visibleColumns(spec)
    .map(({ name }) => name)
    .filter((name) => !spec.versionOrder.includes(name));

/** The columns to download for `readTable` to give these; among them what a derived column is computed from. */
export const columnsToRead = (
  { deletedColumn, derived }: TableSpec,
  columns: readonly string[],
): string[] => [
  ...columns,
  ...columns.flatMap((name) => derived[name]?.of ?? []),
  ...(deletedColumn === undefined ? [] : [deletedColumn]),
];

/** The columns stored in a data file: all except the partition columns. */
export function fileColumns({ columns, partitionColumns }: TableSpec): TableColumn[] {
  return columns.filter(({ name }) => !partitionColumns.includes(name));
}
