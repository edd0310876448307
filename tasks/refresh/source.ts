import type { Catalog } from '../../catalog/catalog';
import type { Mart, MartInput } from '../../domain/mart';
import type { Lake } from '../../lake/lake';
import { scan } from '../../lake/scan';
import { readSnapshot, type Snapshot } from '../../lake/snapshot';

/** The snapshots that a mart is computed from, by kind or mart, its own as it is stored among them; undefined for a table that does not exist. */
export type Snapshots = Readonly<Record<string, Snapshot | undefined>>;

/** What a mart is computed from. */
export interface MartSource {
  readonly lake: Lake;
  readonly catalog: Catalog;
  readonly snapshots: Snapshots;
  /** The views that its query reads, in the order in which they are created. */
  readonly inputs: readonly MartInput[];
  readonly timeZone: string;
}

/** The kinds and marts that a mart is computed from. */
export const tablesOf = (catalog: Catalog, mart: Mart): string[] => [
  ...new Set(catalog.inputsOf(mart.name).map(({ kind }) => kind)),
];

/** The newest snapshot of every staging table, by kind. */
export async function readStaging(lake: Lake, catalog: Catalog): Promise<Snapshots> {
  const snapshots = catalog.kinds.map(
    async (kind) => [kind, await readSnapshot(lake, catalog.stagingTable(kind).location)] as const,
  );
  return Object.fromEntries(await Promise.all(snapshots));
}

/** The newest snapshot of every mart's table, by mart. */
export async function readMarts(
  lake: Lake,
  catalog: Catalog,
): Promise<ReadonlyMap<string, Snapshot | undefined>> {
  const snapshots = catalog.marts.map(
    async ({ name }) => [name, await readSnapshot(lake, catalog.martTable(name).location)] as const,
  );
  return new Map(await Promise.all(snapshots));
}

/** Creates a view of an input's rows, in its columns. @param files by default all */
export function scanInput(
  { lake, catalog, snapshots }: MartSource,
  { kind, columns }: Pick<MartInput, 'kind' | 'columns'>,
  view: string,
  files?: readonly string[],
): Promise<void> {
  return scan(lake, snapshots[kind], catalog.table(kind), view, columns, files);
}
