import { createHash } from 'node:crypto';
import type { Catalog } from '../../catalog/catalog';
import type { Mart, ServedMart } from '../../domain/mart';
import sparkFunctionsSql from '../../engine/duckdb/spark_functions.sql';
import { mayDiffer } from '../../lake/changes';
import { dropTables, type Lake, temporaryName } from '../../lake/lake';
import { readSnapshot } from '../../lake/snapshot';
import { computedFrom } from '../../tasks/refresh/basis';
import { completeRows, queryOf } from '../../tasks/refresh/mart-rows';
import { readStaging, type Snapshots, tablesOf } from '../../tasks/refresh/source';
import { findTimeZone } from '../../tasks/refresh/time-zone';
import { openAll } from '../../tasks/refresh/working-set';
import type { Difference } from './compare-rows';
import { type VerifiedHistory, verifyHistory } from './verify-history';
import { type MartItems, type VerifiedTable, verifyMart } from './verify-mart';

export type { VerifiedTable } from './verify-mart';

const MAX_LISTED_DIFFERENCES = 20;

export interface VerifyDeps {
  readonly lake: Lake;
  readonly catalog: Catalog;
  /** IANA name; by default the one that the marts were computed in. */
  readonly timeZone?: string | undefined;
  /** Only these marts, and those that they are computed from; by default all marts, and the histories. */
  readonly marts?: readonly string[] | undefined;
  /** The DynamoDB table of each served mart. */
  readonly itemsOf: (mart: ServedMart) => MartItems;
  /** Before a mart or a history is compared: its name, and how many were before it. */
  readonly onProgress?: (name: string, done: number, all: number) => void;
}

export interface Verification {
  readonly time_zone: string;
  /** Versions of the staging tables that were read; null for a table that does not exist. */
  readonly staging: Readonly<Record<string, number | null>>;
  readonly tables: readonly VerifiedTable[];
  /** Those that exist; their latest versions are compared with the staging tables. */
  readonly histories: readonly VerifiedHistory[];
  /** SHA-256 of the expected rows of the marts: equal for equal numbers. */
  readonly hash: string;
  readonly differences: number;
  /** The first 20. */
  readonly first_differences: readonly Difference[];
  /**
   * The marts were computed from these versions, and no history is ahead of them; otherwise a batch is running, or a task of
   * it failed.
   */
  readonly is_current: boolean;
  /** staging/ changed while verify ran, which can cause differences. */
  readonly moved: boolean;
}

/**
 * Recomputes the marts from staging/ and compares them with every row of their tables and every item in DynamoDB; and the latest
 * version of every row in a history with staging/. DuckDB compares them and spills to disk, so that memory is bounded.
 * Changes nothing.
 * @throws UnknownDefinitionError for a mart that does not exist; UnknownTimeZoneError; LakeError if a table cannot be read
 */
export async function verify(deps: VerifyDeps): Promise<Verification> {
  const { lake, catalog, timeZone: given, itemsOf, onProgress } = deps;
  const marts = deps.marts ? withSources(catalog, deps.marts) : catalog.marts;
  const staging = await readStaging(lake, catalog);
  const stored = await Promise.all(
    marts.map(
      async ({ name }) => [name, await readSnapshot(lake, catalog.martTable(name).location)] as const,
    ),
  );
  const snapshots: Snapshots = { ...staging, ...Object.fromEntries(stored) };
  const timeZone =
    given ??
    (await findTimeZone(
      lake,
      marts.map(({ name }) => snapshots[name]),
    ));
  await lake.db.run(sparkFunctionsSql);

  const histories = deps.marts ? [] : catalog.kinds.filter((kind) => catalog.historyTable(kind));
  const all = marts.length + histories.length;
  const hash = createHash('sha256');
  const tables: VerifiedTable[] = [];
  const first: Difference[] = [];
  let differences = 0;
  // Marts are computed from others as they are computed here, not as they are in the lake.
  const computed: Record<string, string> = {};
  for (const [at, mart] of marts.entries()) {
    const { name } = mart;
    onProgress?.(name, at, all);
    const source = { lake, catalog, snapshots: staging, inputs: catalog.inputsOf(name), timeZone };
    await (await openAll(source, computed)).show('after');
    const expected = temporaryName(lake, 'computed');
    const rows = completeRows(mart, `(${queryOf(mart, timeZone)})`);
    await lake.db.run(`create temp table ${expected} as ${rows}`);
    computed[name] = expected;
    const spec = catalog.martTable(name);
    const compared = await verifyMart(
      lake,
      mart,
      spec,
      expected,
      snapshots[name],
      itemsOf,
      MAX_LISTED_DIFFERENCES,
    );
    hash.update(`${compared.hash}\n`);
    tables.push(compared.verified);
    first.push(...compared.first);
    differences += compared.differences;
    await dropUnread(lake, catalog, computed, marts.slice(at + 1));
  }
  const verified: VerifiedHistory[] = [];
  let isCurrent = await areCurrent(lake, catalog, marts, snapshots, timeZone);
  for (const [at, kind] of histories.entries()) {
    const history = catalog.historyTable(kind);
    if (!history) continue;
    onProgress?.(history.name, marts.length + at, all);
    const compared = await verifyHistory(
      lake,
      catalog.stagingTable(kind),
      history,
      staging[kind],
      MAX_LISTED_DIFFERENCES,
    );
    if (!compared) continue;
    const { table, versions, rows } = compared;
    verified.push({ table, versions, rows });
    first.push(...compared.first);
    differences += compared.differences;
    isCurrent &&= !compared.isAhead;
  }
  const versions = versionsOf(staging);
  return {
    time_zone: timeZone,
    staging: versions,
    tables,
    histories: verified,
    hash: hash.digest('hex'),
    differences,
    first_differences: first.slice(0, MAX_LISTED_DIFFERENCES),
    is_current: isCurrent,
    moved: JSON.stringify(versionsOf(await readStaging(lake, catalog))) !== JSON.stringify(versions),
  };
}

/** The marts of some names and those that they are computed from, in the order in which they are computed. */
function withSources(catalog: Catalog, names: readonly string[]): readonly Mart[] {
  const wanted = new Set(names.map((name) => catalog.mart(name).name));
  for (const mart of catalog.marts.toReversed()) {
    if (wanted.has(mart.name)) for (const table of tablesOf(catalog, mart)) wanted.add(table);
  }
  return catalog.marts.filter(({ name }) => wanted.has(name));
}

/** Drops the computed tables that none of the marts reads. */
async function dropUnread(
  lake: Lake,
  catalog: Catalog,
  computed: Record<string, string>,
  marts: readonly Mart[],
): Promise<void> {
  const read = new Set(marts.flatMap((mart) => tablesOf(catalog, mart)));
  for (const [name, table] of Object.entries(computed)) {
    if (read.has(name)) continue;
    await dropTables(lake, [table]);
    delete computed[name];
  }
}

/** True if the marts were computed from these rows, and from each other's, by the current definitions. */
async function areCurrent(
  lake: Lake,
  catalog: Catalog,
  marts: readonly Mart[],
  snapshots: Snapshots,
  timeZone: string,
): Promise<boolean> {
  for (const mart of marts) {
    const from = computedFrom(snapshots[mart.name], mart, catalog, timeZone);
    for (const name of tablesOf(catalog, mart)) {
      const now = snapshots[name];
      if (!now) continue;
      if (!from || (await mayDiffer(lake, catalog.table(name), from[name] ?? -1, now))) return false;
    }
  }
  return true;
}

const versionsOf = (staging: Snapshots): Record<string, number | null> =>
  Object.fromEntries(Object.entries(staging).map(([kind, snapshot]) => [kind, snapshot?.version ?? null]));
