import { quoteIdentifier } from '../../engine/duckdb/quote';
import { columnList, fill } from '../../engine/duckdb/sql';
import { changedRows } from '../../lake/changes';
import { type Lake, temporaryName } from '../../lake/lake';
import { scan } from '../../lake/scan';
import { duckDbType } from '../../lake/schema';
import type { Snapshot } from '../../lake/snapshot';
import { columnNames, type TableSpec } from '../../lake/table-spec';
import type { FeedChange } from '../../serving/warehouse/load-star';
import { FEEDS, type Feed } from '../../serving/warehouse/star';

/** A table of the lake, and the version up to which it is loaded. */
export interface SourceTable {
  readonly spec: TableSpec;
  /** Undefined if the table does not exist. */
  readonly snapshot: Snapshot | undefined;
}

/** Makes the rows of a feed from tables of the lake. */
export interface StarSource {
  readonly feed: Feed;
  /** The tables that it reads. */
  readonly tables: readonly TableSpec[];
  /** Everything that determines the rows besides the tables. */
  readonly definition: unknown;
  /**
   * What changed between two versions of the tables.
   * @param tables in the order of `tables`
   * @param since the version of each; undefined for all rows
   * @returns all rows as well where a log does not reach back that far
   * @throws MissingDataFileError if a data file was cleaned up meanwhile
   */
  readonly changes: (
    lake: Lake,
    tables: readonly SourceTable[],
    since: readonly number[] | undefined,
  ) => Promise<FeedChange>;
}

/** Columns that a query reads, with the DuckDB type of those that a contract may lack; such a column is null. */
export type SourceColumns = Readonly<Record<string, string>>;

/** A feed with one row for each row of a table. @param sql with the placeholder `rows`, of the columns */
export function rowSource(feed: Feed, table: TableSpec, sql: string, columns: SourceColumns): StarSource {
  const rowsOf = (relation: string) => `(${fill(sql, { rows: withAll(table, columns, relation) })})`;
  return {
    feed,
    tables: [table],
    definition: sql,
    changes: (lake, [source], since) =>
      tableChange(lake, { spec: table, snapshot: source?.snapshot }, since?.[0], {
        columns: presentColumns(table, columns),
        key: FEEDS[feed].touched,
        rowsOf,
      }),
  };
}

/**
 * What changed in a table since a version.
 * @param since undefined for all rows, as where the log does not reach back that far
 * @param columns those that are read
 * @param key the columns of the rows that name what can differ
 * @param rowsOf makes the rows of a relation of the columns
 * @throws MissingDataFileError if a data file was cleaned up meanwhile
 */
export async function tableChange(
  lake: Lake,
  { spec, snapshot }: SourceTable,
  since: number | undefined,
  {
    columns,
    key,
    rowsOf,
  }: {
    readonly columns: readonly string[];
    readonly key: readonly string[];
    readonly rowsOf: (relation: string) => string;
  },
): Promise<FeedChange> {
  const changed =
    since === undefined || !snapshot ? undefined : await changedRows(lake, spec, since, snapshot, columns);
  if (changed === undefined)
    return { touched: undefined, rows: rowsOf(await scanAll(lake, { spec, snapshot }, columns)) };
  return {
    touched: `(select distinct ${columnList(key)} from ${rowsOf(changed)})`,
    rows: rowsOf(`(select * from ${changed} where _change = 'after')`),
  };
}

/** Those of the columns that the table has. */
export const presentColumns = (table: TableSpec, columns: SourceColumns): string[] =>
  columnNames(table).filter((name) => name in columns);

/** A relation with all of the columns: those that the table lacks are null. */
export function withAll(table: TableSpec, columns: SourceColumns, relation: string): string {
  const present = columnNames(table);
  const cells = Object.entries(columns).map(([name, type]) => {
    const column = quoteIdentifier(name);
    return present.includes(name) ? column : `cast(null as ${type}) as ${column}`;
  });
  return `(select ${cells.join(', ')} from ${relation})`;
}

/** A view of a table's rows. @param paths the files to read; all by default */
export async function scanAll(
  lake: Lake,
  { spec, snapshot }: SourceTable,
  columns: readonly string[],
  paths?: readonly string[],
): Promise<string> {
  const view = temporaryName(lake, spec.name);
  await scan(lake, snapshot, spec, view, columns, paths);
  return view;
}

/** The DuckDB type of a column of a table. */
export function columnType({ columns, location }: TableSpec, name: string): string {
  const column = columns.find((one) => one.name === name);
  if (!column) throw new RangeError(`table ${location} has no column ${name}`);
  return duckDbType(column.type);
}
