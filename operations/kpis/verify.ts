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

const MAX_LISTED_DIFFERENCES = 20;

export interface VerifyDeps {
  readonly lake: Lake;
  /** IANA name; by default the one that the KPI tables were computed in. */
  readonly timeZone?: string | undefined;
  /** The DynamoDB table of each KPI table: its name, and its items with canonical cells. */
  readonly items: Readonly<
    Record<KpiTableSpec['name'], { readonly table: string; readonly read: () => AsyncIterable<KpiCells> }>
  >;
}

export interface VerifiedTable {
  readonly table: KpiTableSpec['name'];
  /** Number of expected rows, of items in DynamoDB, and of rows in kpis/. */
  readonly expected: number;
  readonly items: number;
  readonly rows: number;
}

export interface Verification {
  readonly time_zone: string;
  /** Versions of the staging tables that were read; null for a table that does not exist. */
  readonly staging: Readonly<Record<string, number | null>>;
  readonly tables: readonly VerifiedTable[];
  /** SHA-256 of the expected KPI rows: equal for equal numbers. */
  readonly hash: string;
  readonly differences: number;
  /** The first 20. */
  readonly first_differences: readonly Difference[];
  /** The KPI tables were computed from these versions; otherwise a batch is running, or its transform failed. */
  readonly is_current: boolean;
  /** staging/ changed while verify ran, which can cause differences. */
  readonly moved: boolean;
}

/**
 * Recomputes the KPIs of every day from staging/ and compares them with every item in DynamoDB and every row in kpis/.
 * Changes nothing.
 * @throws UnknownTimeZoneError; LakeError if a table cannot be read
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
    const inDynamoDb = await compareRows(table, spec, expected, read(), MAX_LISTED_DIFFERENCES);
    const { location } = KPI_TABLES[spec.name];
    await scan(lake, kpis.get(spec.name), KPI_TABLES[spec.name], spec.name);
    const inLake = await compareRows(
      location,
      spec,
      expected,
      await rowsOf(lake, spec, spec.name),
      MAX_LISTED_DIFFERENCES,
    );
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
    first_differences: first.slice(0, MAX_LISTED_DIFFERENCES),
    is_current: await areCurrent(lake, staging, [...kpis.values()], timeZone),
    moved: JSON.stringify(versionsOf(await readStaging(lake))) !== JSON.stringify(versions),
  };
}

/** True if the KPI tables were computed from these rows by the current rules. */
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

/** The rows of a relation, ordered by key, with canonical cells. */
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
