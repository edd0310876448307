import type { MartInput } from '../../domain/mart';
import { changedRows } from '../../lake/changes';
import { temporaryName } from '../../lake/lake';
import { type MartSource, scanInput } from './source';

/**
 * The rows of each input that changed since some versions of its table, by the input's view: tables of the input's columns and `_change`, which
 * is `before` or `after`. A new row has no image before, and a deleted one none after.
 */
export type InputChanges = ReadonlyMap<string, string>;

/**
 * @param since version of each table by kind or mart, exclusive; -1 to include its first version
 * @returns undefined if a log does not reach back that far, so that every row can differ
 */
export async function inputChanges(
  source: MartSource,
  since: Readonly<Record<string, number>>,
): Promise<InputChanges | undefined> {
  const changes = new Map<string, string>();
  for (const input of source.inputs) {
    const rows = await changesOf(source, input, since[input.kind] ?? -1);
    if (rows === undefined) return undefined;
    changes.set(input.view, rows);
  }
  return changes;
}

async function changesOf(source: MartSource, input: MartInput, since: number): Promise<string | undefined> {
  const { lake, catalog, snapshots } = source;
  const snapshot = snapshots[input.kind];
  if (snapshot) return changedRows(lake, catalog.table(input.kind), since, snapshot, input.columns);
  const view = temporaryName(lake, 'empty');
  const unchanged = temporaryName(lake, 'unchanged');
  await scanInput(source, input, view);
  await lake.db.run(
    `create temp table ${unchanged} as select cast(null as varchar) as _change, * from ${view}`,
  );
  return unchanged;
}
