import type { TableColumn } from './schema';

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
  /**
   * Columns that order the versions of a row, most significant first: the greatest version wins. Empty if an incoming row
   * always replaces the stored one.
   */
  readonly versionOrder: readonly string[];
  /** Columns that a merge computes from the others, as SQL. */
  readonly derived: Readonly<Record<string, string>>;
}

export const columnNames = ({ columns }: Pick<TableSpec, 'columns'>): string[] =>
  columns.map(({ name }) => name);

/** The columns stored in a data file: all except the partition columns. */
export function fileColumns({ columns, partitionColumns }: TableSpec): TableColumn[] {
  return columns.filter(({ name }) => !partitionColumns.includes(name));
}
