import type { Catalog } from '../../catalog/catalog';
import { BLANKS, CATEGORY_LENGTH } from '../../domain/cleaning';
import type { Mart } from '../../domain/mart';
import sparkFunctionsSql from '../../engine/duckdb/spark_functions.sql';
import type { Lake, Txn } from '../../lake/merge';
import { readSnapshot, type Snapshot } from '../../lake/snapshot';
import { txnVersion } from '../../lake/txn-version';
import { type Snapshots, tablesOf } from './source';

const DEFINITION = 'daybook/rules';
const TIME_ZONE = 'daybook/time-zone';
/** The application whose version in a mart's table is that of a table it was computed from. */
const tableApp = (catalog: Catalog, table: string): string =>
  `daybook/${catalog.kinds.includes(table) ? 'staging' : 'mart'}/${table}`;

/** The basis of a mart as the `txn` actions of its commit: the versions of its tables, the definition, the time zone. */
export function basisOf(mart: Mart, catalog: Catalog, snapshots: Snapshots, timeZone: string): Txn[] {
  const versions = tablesOf(catalog, mart).flatMap((table) => {
    const version = snapshots[table]?.version;
    return version === undefined ? [] : [{ appId: tableApp(catalog, table), version }];
  });
  return [
    ...versions,
    { appId: DEFINITION, version: definitionVersion(mart, catalog, timeZone) },
    { appId: TIME_ZONE, version: txnVersion(timeZone) },
  ];
}

export function isUpToDate(table: Snapshot | undefined, basis: readonly Txn[]): boolean {
  return basis.every(({ appId, version }) => table?.txns.get(appId) === version);
}

/**
 * The versions that a mart was computed from, by kind or mart; -1 for a table that did not exist. Undefined if the mart was never
 * computed, or with another definition: then everything must be computed.
 */
export function computedFrom(
  table: Snapshot | undefined,
  mart: Mart,
  catalog: Catalog,
  timeZone: string,
): Readonly<Record<string, number>> | undefined {
  if (table?.txns.get(DEFINITION) !== definitionVersion(mart, catalog, timeZone)) return undefined;
  return Object.fromEntries(
    tablesOf(catalog, mart).map((name) => [name, table.txns.get(tableApp(catalog, name)) ?? -1]),
  );
}

/**
 * Staging tables that are not older than what marts were computed from. Both are read at the same time, and meanwhile a concurrent
 * run may compute a mart from a newer table: that is read again, as a mart must not be recomputed from an older one.
 *
 * @param marts as they were read, by name
 * @param staging as they were read meanwhile, by kind
 */
export async function notOlder(
  marts: ReadonlyMap<string, Snapshot | undefined>,
  staging: Snapshots,
  catalog: Catalog,
  lake: Lake,
): Promise<Snapshots> {
  const snapshots = catalog.kinds.map(async (kind) => {
    const app = tableApp(catalog, kind);
    const version = Math.max(...[...marts.values()].map((mart) => mart?.txns.get(app) ?? -1));
    const isOlder = version > (staging[kind]?.version ?? -1);
    const { location } = catalog.stagingTable(kind);
    return [kind, isOlder ? await readSnapshot(lake, location) : staging[kind]] as const;
  });
  return Object.fromEntries(await Promise.all(snapshots));
}

/** The reporting time zone that a mart was computed in; undefined if it is none of the given ones. */
export function timeZoneOf(table: Snapshot, timeZones: readonly string[]): string | undefined {
  const version = table.txns.get(TIME_ZONE);
  return timeZones.find((timeZone) => txnVersion(timeZone) === version);
}

/** A hash of everything that can change a value: the queries, the columns, the tables read, the time zone. */
export function definitionVersion(mart: Mart, catalog: Catalog, timeZone: string): number {
  const { name, sql, columns, key, inputs, refresh } = mart;
  return txnVersion([
    { sql, key, inputs, refresh, columns: columns.map(({ name, type, rate }) => ({ name, type, rate })) },
    catalog.inputsOf(name),
    tablesOf(catalog, mart).map((table) => tableOf(catalog, table)),
    catalog.martTable(name).partitionColumns,
    timeZone,
    [BLANKS, CATEGORY_LENGTH, sparkFunctionsSql],
  ]);
}

/** What the rows of a table are; how they were written in files does not matter. */
const tableOf = (catalog: Catalog, name: string) => {
  const { key, columns } = catalog.table(name);
  return [name, key, columns];
};
