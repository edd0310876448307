import { createHash } from 'node:crypto';
import { KINDS } from '../../catalog/kinds';
import { KPI_QUERIES } from '../../catalog/kpi-queries';
import { KPI_TABLES, STAGING_TABLES } from '../../catalog/tables';
import type { KpiTableSpec } from '../../domain/mart';
import { quoteIdentifier } from '../../engine/duckdb/session';
import sparkFunctionsSql from '../../engine/duckdb/spark_functions.sql';
import { mayDiffer } from '../../lake/changes';
import type { Lake } from '../../lake/lake';
import { scan } from '../../lake/scan';
import { readSnapshot, type Snapshot } from '../../lake/snapshot';
import { computedFrom, type Staging } from '../../tasks/refresh/basis';
import { findTimeZone } from '../../tasks/refresh/time-zone';
import { openWorkingSet } from '../../tasks/refresh/working-set';
import {
  canonicalNumber,
  compareRows,
  type Difference,
  isNumber,
  type KpiCells,
  keyOf,
} from './compare-rows';

/** Differences that are told; the others are counted. */
const TOLD = 20;

export interface VerifyDeps {
  readonly lake: Lake;
  /** IANA name; the one that the KPI tables were computed in where none is given. */
  readonly timeZone?: string | undefined;
  /** The DynamoDB table of each KPI table: its name, and its items with cells as `verify-compare` has them. */
  readonly items: Readonly<
    Record<KpiTableSpec['name'], { readonly table: string; readonly read: () => AsyncIterable<KpiCells> }>
  >;
}

export interface VerifiedTable {
  readonly table: KpiTableSpec['name'];
  /** Rows that there should be, items in DynamoDB, and rows in kpis/. */
  readonly expected: number;
  readonly items: number;
  readonly rows: number;
}

export interface Verification {
  readonly time_zone: string;
  /** Versions of the staging tables that were computed from; null for one that is not there. */
  readonly staging: Readonly<Record<string, number | null>>;
  readonly tables: readonly VerifiedTable[];
  /** SHA-256 of the KPI rows as they should be: the same for the same numbers, wherever they are. */
  readonly hash: string;
  readonly differences: number;
  /** The first 20. */
  readonly first_differences: readonly Difference[];
  /** The KPI tables were computed from these very versions; if not, a batch is under way, or its transform failed. */
  readonly is_current: boolean;
  /** staging/ moved on meanwhile: a difference may be one of time alone. */
  readonly moved: boolean;
}

/**
 * Computes the KPIs of every day from staging/, from scratch, and compares them with every item of DynamoDB and every row
 * of kpis/. Changes nothing.
 * @throws UnknownTimeZoneError; LakeError for tables that cannot be read
 */
export async function verify({ lake, timeZone: given, items }: VerifyDeps): Promise<Verification> {
  const staging = await readStaging(lake);
  const kpis = new Map<KpiTableSpec['name'], Snapshot | undefined>();
  for (const { spec } of KPI_QUERIES)
    kpis.set(spec.name, await readSnapshot(lake, KPI_TABLES[spec.name].location));
  const timeZone = given ?? (await findTimeZone(lake, [...kpis.values()]));
  await lake.db.run(sparkFunctionsSql);
  await openWorkingSet(lake, staging, timeZone, undefined);

  const hash = createHash('sha256');
  const tables: VerifiedTable[] = [];
  const first: Difference[] = [];
  let differences = 0;
  for (const { spec, sql } of KPI_QUERIES) {
    const expected = new Map(
      (await rowsOf(lake, spec, `(${sql})`)).map((cells) => [keyOf(spec, cells), cells]),
    );
    hash.update(`${spec.name}\n`);
    for (const cells of expected.values()) hash.update(`${JSON.stringify(Object.values(cells))}\n`);

    const { table, read } = items[spec.name];
    const inDynamoDb = await compareRows(table, spec, expected, read(), TOLD);
    const { location } = KPI_TABLES[spec.name];
    await scan(lake, kpis.get(spec.name), KPI_TABLES[spec.name], spec.name);
    const inLake = await compareRows(location, spec, expected, await rowsOf(lake, spec, spec.name), TOLD);
    tables.push({ table: spec.name, expected: expected.size, items: inDynamoDb.found, rows: inLake.found });
    first.push(...inDynamoDb.first, ...inLake.first);
    differences += inDynamoDb.differences + inLake.differences;
  }
  const versions = versionsOf(staging);
  return {
    time_zone: timeZone,
    staging: versions,
    tables,
    hash: hash.digest('hex'),
    differences,
    first_differences: first.slice(0, TOLD),
    is_current: await areCurrent(lake, staging, [...kpis.values()], timeZone),
    moved: JSON.stringify(versionsOf(await readStaging(lake))) !== JSON.stringify(versions),
  };
}

/** Whether the KPI tables were computed from these rows, by these rules. */
async function areCurrent(
  lake: Lake,
  staging: Staging,
  kpis: readonly (Snapshot | undefined)[],
  timeZone: string,
): Promise<boolean> {
  for (const snapshot of kpis) {
    const from = computedFrom(snapshot, timeZone);
    for (const kind of KINDS) {
      const now = staging[kind];
      if (!now) continue;
      if (!from || (await mayDiffer(lake, STAGING_TABLES[kind], from[kind], now))) return false;
    }
  }
  return true;
}

async function readStaging(lake: Lake): Promise<Staging> {
  const [products, orders, order_items] = await Promise.all(
    KINDS.map((kind) => readSnapshot(lake, STAGING_TABLES[kind].location)),
  );
  return { products, orders, order_items };
}

const versionsOf = (staging: Staging): Record<string, number | null> =>
  Object.fromEntries(KINDS.map((kind) => [kind, staging[kind]?.version ?? null]));

/** A relation's rows by key, in the order of the key's text. */
async function rowsOf(lake: Lake, spec: KpiTableSpec, relation: string): Promise<KpiCells[]> {
  const cells = spec.columns.map(
    ({ name }) => `cast(${quoteIdentifier(name)} as varchar) as ${quoteIdentifier(name)}`,
  );
  const key = spec.key.map((name) => spec.columns.findIndex((column) => column.name === name) + 1);
  const rows = await lake.db.rows<Record<string, string | null>>(
    `select ${cells.join(', ')} from ${relation} order by ${key.join(', ')}`,
  );
  const types = new Map(spec.columns.map(({ name, type }) => [name, type]));
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).flatMap(([name, value]) => {
        if (value === null) return [];
        return [[name, isNumber(types.get(name)) ? canonicalNumber(value) : value]];
      }),
    ),
  );
}
