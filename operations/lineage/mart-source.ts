import type { Catalog } from '../../catalog/catalog';
import type { Mart } from '../../domain/mart';
import { BrokenLogError } from '../../lake/errors';
import type { Lake } from '../../lake/lake';
import { readSnapshot, type Snapshot } from '../../lake/snapshot';
import { computedFrom } from '../../tasks/refresh/basis';
import { type MartSource, tablesOf } from '../../tasks/refresh/source';

export type Newest = (location: string) => Promise<Snapshot | undefined>;

/**
 * What a mart was computed from, as its table's log says: each input at the version of then.
 * @param table the mart's table
 * @returns undefined if it was computed by another definition, or a log no longer has a version
 */
export async function sourceOfThen(
  lake: Lake,
  catalog: Catalog,
  mart: Mart,
  table: Snapshot,
  timeZone: string,
  newest: Newest,
): Promise<MartSource | undefined> {
  const versions = computedFrom(table, mart, catalog, timeZone);
  if (!versions) return undefined;
  const snapshots: Record<string, Snapshot | undefined> = { [mart.name]: table };
  for (const [name, version] of Object.entries(versions)) {
    if (version < 0) continue;
    const { location } = catalog.table(name);
    const now = await newest(location);
    const then = now?.version === version ? now : await snapshotOf(lake, location, version);
    if (!then) return undefined;
    snapshots[name] = then;
  }
  return { lake, catalog, snapshots, inputs: catalog.inputsOf(mart.name), timeZone };
}

/** The same with the inputs as they are now. */
export async function sourceOfNow(
  lake: Lake,
  catalog: Catalog,
  mart: Mart,
  table: Snapshot,
  timeZone: string,
  newest: Newest,
): Promise<MartSource> {
  const snapshots: Record<string, Snapshot | undefined> = { [mart.name]: table };
  for (const name of tablesOf(catalog, mart)) snapshots[name] = await newest(catalog.table(name).location);
  return { lake, catalog, snapshots, inputs: catalog.inputsOf(mart.name), timeZone };
}

async function snapshotOf(lake: Lake, location: string, version: number): Promise<Snapshot | undefined> {
  try {
    const snapshot = await readSnapshot(lake, location, version);
    return snapshot?.version === version ? snapshot : undefined;
  } catch (error) {
    if (error instanceof BrokenLogError) return undefined;
    throw error;
  }
}
