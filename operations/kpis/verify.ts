import { createHash } from 'node:crypto';
import type { Catalog } from '../../catalog/catalog';
import {
  canonicalNumber,
  isNumber,
  isServed,
  type Mart,
  type MartCells,
  type ServedMart,
} from '../../domain/mart';
import { quoteIdentifier } from '../../engine/duckdb/session';
import sparkFunctionsSql from '../../engine/duckdb/spark_functions.sql';
import { mayDiffer } from '../../lake/changes';
import { type Lake, temporaryName } from '../../lake/lake';
import { scan } from '../../lake/scan';
import { readSnapshot, type Snapshot } from '../../lake/snapshot';
import { computedFrom } from '../../tasks/refresh/basis';
import { completeRows, queryOf } from '../../tasks/refresh/mart-rows';
import { readStaging, type Snapshots, tablesOf } from '../../tasks/refresh/source';
import { findTimeZone } from '../../tasks/refresh/time-zone';
import { openAll } from '../../tasks/refresh/working-set';
import { compareRows, type Difference, keyOf } from './compare-rows';
import { type VerifiedHistory, verifyHistory } from './verify-history';

const MAX_LISTED_DIFFERENCES = 20;

export interface VerifyDeps {
  readonly lake: Lake;
  readonly catalog: Catalog;
  /** IANA name; by default the one that the KPI tables were computed in. */
  readonly timeZone?: string | undefined;
  /** The DynamoDB table of each KPI table: its name, and its items with canonical cells. */
  readonly itemsOf: (mart: ServedMart) => {
    readonly table: string;
    readonly read: () => AsyncIterable<MartCells>;
  };
}

export interface VerifiedTable {
  readonly table: string;
  /** Number of expected rows, of items in DynamoDB (null if it does not serve the mart), and of rows in its table. */
  readonly expected: number;
  readonly items: number | null;
  readonly rows: number;
}

export interface Verification {
  readonly time_zone: string;
  /** Versions of the staging tables that were read; null for a table that does not exist. */
  readonly staging: Readonly<Record<string, number | null>>;
  readonly tables: readonly VerifiedTable[];
  /** Those that exist; their latest versions are compared with the staging tables. */
  readonly histories: readonly VerifiedHistory[];
  /** SHA-256 of the expected KPI rows: equal for equal numbers. */
  readonly hash: string;
  readonly differences: number;
  /** The first 20. */
  readonly first_differences: readonly Difference[];
  /**
   * The KPI tables were computed from these versions, and no history is ahead of them; otherwise a batch is running, or a
   * task of it failed.
   */
  readonly is_current: boolean;
  /** staging/ changed while verify ran, which can cause differences. */
  readonly moved: boolean;
}

/**
 * Recomputes the KPIs of every day from staging/ and compares them with every item in DynamoDB and every row in kpis/; and the
 * latest version of every row in a history with staging/.
 * Changes nothing.
 * @throws UnknownTimeZoneError; LakeError if a table cannot be read
 */
export async function verify({ lake, catalog, timeZone: given, itemsOf }: VerifyDeps): Promise<Verification> {
  const staging = await readStaging(lake, catalog);
  const snapshots = await Promise.all(
    catalog.marts.map(({ name }) => readSnapshot(lake, catalog.martTable(name).location)),
  );
  const timeZone = given ?? (await findTimeZone(lake, snapshots));
  await lake.db.run(sparkFunctionsSql);
  const hash = createHash('sha256');
  const tables: VerifiedTable[] = [];
  const first: Difference[] = [];
  let differences = 0;
  const computed: Record<string, string> = {};
  for (const [index, mart] of catalog.marts.entries()) {
    const { name } = mart;
    const inputs = catalog.inputsOf(name);
    // Other marts as they are computed here, not as they are in the lake.
    const rowsOfAll = await openAll({ lake, catalog, snapshots: staging, inputs, timeZone }, computed);
    await rowsOfAll.show('after');
    const all = temporaryName(lake, 'computed');
    await lake.db.run(`create temp table ${all} as ${completeRows(mart, `(${queryOf(mart, timeZone)})`)}`);
    computed[name] = all;
    const expected = new Map((await rowsOf(lake, mart, all)).map((cells) => [keyOf(mart, cells), cells]));
    hash.update(`${name}\n`);
    for (const cells of expected.values()) hash.update(`${JSON.stringify(Object.values(cells))}\n`);

    const spec = catalog.martTable(name);
    const stored = temporaryName(lake, 'stored');
    await scan(lake, snapshots[index], spec, stored);
    const rows = await rowsOf(lake, mart, stored);
    const inLake = await compareRows(spec.location, mart, expected, rows, MAX_LISTED_DIFFERENCES);
    let items: number | null = null;
    if (isServed(mart)) {
      const { table, read } = itemsOf(mart);
      const inDynamoDb = await compareRows(table, mart, expected, read(), MAX_LISTED_DIFFERENCES);
      items = inDynamoDb.found;
      first.push(...inDynamoDb.first);
      differences += inDynamoDb.differences;
    }
    tables.push({ table: name, expected: expected.size, items, rows: inLake.found });
    first.push(...inLake.first);
    differences += inLake.differences;
  }
  const histories: VerifiedHistory[] = [];
  let isCurrent = await areCurrent(lake, catalog, staging, snapshots, timeZone);
  for (const kind of catalog.kinds) {
    const history = catalog.historyTable(kind);
    const compared =
      history &&
      (await verifyHistory(lake, catalog.stagingTable(kind), history, staging[kind], MAX_LISTED_DIFFERENCES));
    if (!compared) continue;
    const { table, versions, rows } = compared;
    histories.push({ table, versions, rows });
    first.push(...compared.first);
    differences += compared.differences;
    isCurrent &&= !compared.isAhead;
  }
  const versions = versionsOf(staging);
  return {
    time_zone: timeZone,
    staging: versions,
    tables,
    histories,
    hash: hash.digest('hex'),
    differences,
    first_differences: first.slice(0, MAX_LISTED_DIFFERENCES),
    is_current: isCurrent,
    moved: JSON.stringify(versionsOf(await readStaging(lake, catalog))) !== JSON.stringify(versions),
  };
}

/** True if the marts were computed from these rows, and from each other's, by the current definitions. */
async function areCurrent(
  lake: Lake,
  catalog: Catalog,
  staging: Snapshots,
  snapshots: readonly (Snapshot | undefined)[],
  timeZone: string,
): Promise<boolean> {
  const tables: Snapshots = {
    ...staging,
    ...Object.fromEntries(catalog.marts.map(({ name }, index) => [name, snapshots[index]])),
  };
  for (const mart of catalog.marts) {
    const from = computedFrom(tables[mart.name], mart, catalog, timeZone);
    for (const name of tablesOf(catalog, mart)) {
      const now = tables[name];
      if (!now) continue;
      if (!from || (await mayDiffer(lake, catalog.table(name), from[name] ?? -1, now))) return false;
    }
  }
  return true;
}

const versionsOf = (staging: Snapshots): Record<string, number | null> =>
  Object.fromEntries(Object.entries(staging).map(([kind, snapshot]) => [kind, snapshot?.version ?? null]));

/** The rows of a relation, ordered by key, with canonical cells. */
async function rowsOf(lake: Lake, mart: Mart, relation: string): Promise<MartCells[]> {
  const cells = mart.columns.map(
    ({ name }) => `cast(${quoteIdentifier(name)} as varchar) as ${quoteIdentifier(name)}`,
  );
  const key = mart.key.map((name) => mart.columns.findIndex((column) => column.name === name) + 1);
  const rows = await lake.db.rows<Record<string, string | null>>(
    `select ${cells.join(', ')} from ${relation} order by ${key.join(', ')}`,
  );
  const types = new Map(mart.columns.map(({ name, type }) => [name, type]));
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).flatMap(([name, value]) => {
        if (value === null) return [];
        return [[name, isNumber(types.get(name)) ? canonicalNumber(value) : value]];
      }),
    ),
  );
}
