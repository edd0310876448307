import { STAGING } from '../../domain/object-keys';
import { fill } from '../../engine/duckdb/sql';
import type { Lake } from '../../lake/lake';
import type { Warehouse } from './connection';
import { type ChangedRows, runScript, runStatements } from './run-statements';
import { FEEDS, type Feed, knownKeys, starStatements } from './star';
import insertLoadedVersionSql from './statements/insert_loaded_version.sql';
import setShopCurrencySql from './statements/set_shop_currency.sql';
import stagedEventsSql from './statements/staged_events.sql';
import stagedTablesSql from './statements/staged_tables.sql';

/** What changed of a feed since the loaded versions, as relations of DuckDB with the columns in `FEEDS`. */
export interface FeedChange {
  /** Every key that can differ; undefined for all that the warehouse has. */
  readonly touched: string | undefined;
  /** The rows of those keys that exist. */
  readonly rows: string;
}

export type StarChanges = Partial<Record<Feed, FeedChange>>;

/** The version of a table of the lake whose rows are loaded. */
export interface LoadedVersion {
  /** See {@link loadedName}. */
  readonly table: string;
  /** Of the Delta table. */
  readonly id: string;
  readonly version: number;
  /** A hash of the rules that made the rows. */
  readonly definition: string;
}

/** The name of a table among the loaded versions, by its location: that of a kind, or the location of a mart. */
export const loadedName = (location: string): string =>
  location.startsWith(STAGING) ? location.slice(STAGING.length) : location;

/** The location of a table, by that name. */
export const loadedLocation = (name: string): string => (name.includes('/') ? name : `${STAGING}${name}`);

/** The loaded versions, by table; none if nothing was loaded yet. */
export async function readLoadedVersions(warehouse: Warehouse): Promise<ReadonlyMap<string, LoadedVersion>> {
  const { rows } = await warehouse.query(
    'select table_name, table_id, version, definition from loaded_versions',
  );
  return new Map(
    rows.map(({ table_name, table_id, version, definition }) => [
      table_name,
      { table: table_name, id: table_id, version: Number(version), definition },
    ]),
  );
}

export async function writeLoadedVersion(
  warehouse: Warehouse,
  { table, id, version, definition }: LoadedVersion,
  at: Date,
): Promise<void> {
  await warehouse.query('delete from loaded_versions where table_name = $1', [table]);
  await warehouse.query(insertLoadedVersionSql, [table, id, version, definition, at]);
}

/**
 * Applies changes to the star schema, within the caller's transaction. The result depends on the rows of the lake and the currency alone, neither
 * on the order in which changes were loaded nor on whether they were loaded before; surrogate keys stay.
 * @param currency ISO 4217 code of the shop's currency; undefined if it is not known
 */
export async function loadStar(
  lake: Lake,
  warehouse: Warehouse,
  changes: StarChanges,
  currency: string | undefined,
): Promise<ChangedRows> {
  const { dialect } = warehouse;
  await runScript(warehouse, fill(stagedTablesSql, dialect.types));
  await runScript(warehouse, fill(stagedEventsSql, dialect.types));
  const staged: string[] = [];
  for (const [name, { touched, staged: columns }] of Object.entries(FEEDS)) {
    const feed = name as Feed;
    const change = changes[feed];
    if (!change) continue;
    await dialect.copyRows(lake, warehouse, `staged_${feed}`, columns, change.rows);
    if (change.touched === undefined)
      await warehouse.query(`insert into touched_${feed} ${knownKeys(dialect, feed)}`);
    else await dialect.copyRows(lake, warehouse, `touched_${feed}`, touched, change.touched);
    staged.push(`touched_${feed}`, `staged_${feed}`);
  }
  if (staged.length > 0) await dialect.analyze(warehouse, staged);
  const changed = await runStatements(warehouse, starStatements(dialect));
  const { rowCount } = await warehouse.query(setShopCurrencySql, [currency ?? null]);
  await warehouse.query(`drop table ${TEMPORARY.join(', ')}`);
  return { ...changed, shop: rowCount ?? 0 };
}

/** The tables of a load, which would stay until the connection ends. */
const TEMPORARY: readonly string[] = [
  ...Object.keys(FEEDS).flatMap((feed) => [`touched_${feed}`, `staged_${feed}`]),
  'released_members',
  'moved_products',
];
