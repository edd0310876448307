import type { Catalog } from '../../catalog/catalog';
import type { Mart } from '../../domain/mart';
import { quoteIdentifier } from '../../engine/duckdb/quote';
import sparkFunctionsSql from '../../engine/duckdb/spark_functions.sql';
import { columnList } from '../../engine/duckdb/sql';
import { MissingDataFileError } from '../../lake/errors';
import { type Lake, temporaryName } from '../../lake/lake';
import { filesThatMayHold } from '../../lake/pruning';
import { scan } from '../../lake/scan';
import type { Snapshot } from '../../lake/snapshot';
import { columnNames, type TableSpec, visibleColumns } from '../../lake/table-spec';
import type { MartSource } from '../../tasks/refresh/source';
import { DeploymentError } from '../errors';
import { keyTable } from './key-table';
import { findRows } from './mart-rows';
import { type Newest, sourceOfNow, sourceOfThen } from './mart-source';
import { rowCommits } from './row-commits';
import { countOf, type TableRows, tableRows } from './table-rows';
import type { LineageInput, LineageRow, LineageRows, MartRowLineage } from './views';

/** The row of a mart, and the rows of tables that it was computed from. */
export interface OpenMartRow {
  readonly lineage: MartRowLineage;
  /** Some rows of an input, by key. @throws DeploymentError for a name that no input has */
  readonly rowsOf: (input: string, offset: number, limit: number) => Promise<LineageRows>;
}

export interface MartRowChoice {
  readonly catalog: Catalog;
  readonly mart: Mart;
  /** The values of the mart's key, as text. */
  readonly key: Readonly<Record<string, string | undefined>>;
  /** The reporting time zone. */
  readonly timeZone: string;
  readonly newest: Newest;
}

/**
 * Finds what a row of a mart was computed from: reads its inputs at the versions that the mart's table names, and only the files that
 * may hold such rows.
 *
 * @param lake with a connection of its own, whose temporary tables hold the rows until it is closed
 * @throws DeploymentError for a mart without a table, or a key that is not complete or not of its types; LakeError
 */
export async function openMartRow(lake: Lake, choice: MartRowChoice): Promise<OpenMartRow> {
  const { catalog, mart, newest, timeZone } = choice;
  await lake.db.run(sparkFunctionsSql);
  const spec = catalog.martTable(mart.name);
  const table = await newest(spec.location);
  if (!table) {
    throw new DeploymentError(
      `${mart.name} has no table yet: the first execution with rows for it creates it`,
    );
  }
  const key = await keyTable(lake, spec, mart.key, choice.key);
  const stored = await storedRow(lake, spec, table, key);
  const row = await textRow(lake, stored, mart);
  const base = {
    mart: mart.name,
    description: mart.description,
    grain: mart.grain ?? null,
    key: mart.key,
    types: Object.fromEntries(mart.columns.map(({ name, type }) => [name, type])),
    row,
    version: table.version,
  };
  if (!row) {
    const lineage = { ...base, changed: null, inputs: [], is_reproduced: false, is_newer: false };
    return { lineage, rowsOf: () => Promise.reject(new DeploymentError(`${mart.name} has no such row`)) };
  }
  const [commit] = await rowCommits(lake, spec, key, table, 1);
  const then = await sourceOfThen(lake, catalog, mart, table, timeZone, newest);
  const found =
    (then && (await rowsOrExpired(then, mart, stored))) ??
    (await rowsOf(await sourceOfNow(lake, catalog, mart, table, timeZone, newest), mart, stored));
  const inputs = await Promise.all(found.tables.map((one) => describe(found.source, one, row)));
  return {
    lineage: {
      ...base,
      changed: commit ? { version: commit.version, execution: commit.execution, at: commit.at } : null,
      inputs,
      is_reproduced: found.isReproduced,
      is_newer: found.source !== then,
    },
    rowsOf: (name, offset, limit) => pageOf(found.source, found.tables, name, offset, limit),
  };
}

interface Found {
  readonly source: MartSource;
  readonly tables: readonly TableRows[];
  readonly isReproduced: boolean;
}

async function rowsOf(source: MartSource, mart: Mart, stored: string): Promise<Found> {
  const { rows, isReproduced } = await findRows(source, mart, stored);
  return { source, tables: await tableRows(source, rows), isReproduced };
}

/** Undefined if maintenance has deleted data files of the versions. */
async function rowsOrExpired(source: MartSource, mart: Mart, stored: string): Promise<Found | undefined> {
  try {
    return await rowsOf(source, mart, stored);
  } catch (error) {
    if (error instanceof MissingDataFileError) return undefined;
    throw error;
  }
}

/** A temporary table with the row of a key, in all columns of the table. */
async function storedRow(lake: Lake, spec: TableSpec, table: Snapshot, key: string): Promise<string> {
  const view = temporaryName(lake, 'mart');
  const files = await filesThatMayHold(lake, spec, table.files, key);
  await scan(lake, table, spec, view, columnNames(spec), files);
  const stored = temporaryName(lake, 'stored');
  await lake.db.run(
    `create temp table ${stored} as select * from ${view} semi join ${key} using (${columnList(spec.key)})`,
  );
  return stored;
}

async function textRow(lake: Lake, stored: string, { columns }: Mart): Promise<LineageRow | null> {
  const [row = null] = await lake.db.rows<Record<string, string | null>>(
    `select ${texts(columns.map(({ name }) => name))} from ${stored}`,
  );
  return row;
}

const texts = (columns: readonly string[]): string =>
  columns
    .map(quoteIdentifier)
    .map((name) => `cast(${name} as varchar) as ${name}`)
    .join(', ');

async function describe(
  source: MartSource,
  { input, relation, where, referredBy }: TableRows,
  row: LineageRow,
): Promise<LineageInput> {
  const { catalog, snapshots } = source;
  const { key, location } = catalog.table(input.kind);
  return {
    view: input.view,
    name: input.kind,
    location,
    is_mart: !catalog.kinds.includes(input.kind),
    key,
    version: snapshots[input.kind]?.version ?? null,
    rows: await countOf(source, relation),
    where: where.map((column) => ({ column, value: row[column] ?? null })),
    referred_by:
      referredBy === undefined ? null : (source.inputs.find(({ view }) => view === referredBy)?.kind ?? null),
  };
}

/** The key columns first, then the origin of the row, then the others. */
function shownColumns(spec: TableSpec): string[] {
  const origin = ['_source_key', '_source_line'];
  const others = visibleColumns(spec)
    .map(({ name }) => name)
    .filter((name) => !spec.key.includes(name) && !name.startsWith('_source') && !(name in spec.derived));
  const hasOrigin = visibleColumns(spec).some(({ name }) => name === '_source_key');
  return [...spec.key, ...(hasOrigin ? origin : []), ...others.filter((name) => !name.startsWith('_'))];
}

async function pageOf(
  { lake, catalog }: MartSource,
  tables: readonly TableRows[],
  name: string,
  offset: number,
  limit: number,
): Promise<LineageRows> {
  const table = tables.find(({ input }) => input.view === name);
  if (!table) throw new DeploymentError(`${name} is not an input of this row`);
  const spec = catalog.table(table.input.kind);
  const columns = shownColumns(spec);
  const order = columnList(spec.key);
  const rows = await lake.db.rows<Record<string, string | null>>(
    `select ${texts(columns)} from (from ${table.relation} order by ${order} limit ${Math.floor(limit)} offset ${Math.floor(offset)})`,
  );
  return {
    columns,
    rows: rows.map((row) => columns.map((column) => row[column] ?? null)),
    total: await countOf({ lake }, table.relation),
  };
}
