import type { Catalog } from '../../catalog/catalog';
import type { MartInput } from '../../domain/mart';
import { changedRows, narrowedChanges } from '../../lake/changes';
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
export type ReadInputChanges = (
  source: MartSource,
  since: Readonly<Record<string, number>>,
) => Promise<InputChanges | undefined>;

/** Reads the files of a change once, whichever marts need which columns of it. */
export function readChangesOnce(catalog: Catalog): ReadInputChanges {
  const read = new Map<string, Promise<string | undefined>>();
  const once = (what: unknown, compute: () => Promise<string | undefined>) => {
    const key = JSON.stringify(what);
    const known = read.get(key) ?? compute();
    read.set(key, known);
    return known;
  };
  const columnsOfAll = (kind: string) => [
    ...new Set(
      catalog.marts
        .flatMap(({ name }) => catalog.inputsOf(name))
        .flatMap((input) => (input.kind === kind ? input.columns : [])),
    ),
  ];

  const changesOf = (source: MartSource, input: MartInput, since: number) => {
    const { lake } = source;
    const { kind, columns } = input;
    const snapshot = source.snapshots[kind];
    if (!snapshot) return once([kind, columns], () => noChanges(source, input));
    const all = columnsOfAll(kind);
    const ofAll = () =>
      once([kind, since, snapshot.version], () =>
        changedRows(lake, catalog.table(kind), since, snapshot, all),
      );
    if (columns.length === all.length) return ofAll();
    return once([kind, since, snapshot.version, columns], async () => {
      const changed = await ofAll();
      return changed && narrowedChanges(lake, changed, columns);
    });
  };

  return async (source, since) => {
    const changes = await Promise.all(
      source.inputs.map(async (input) => {
        const rows = await changesOf(source, input, since[input.kind] ?? -1);
        return [input.view, rows] as const;
      }),
    );
    const known = changes.filter((change): change is [string, string] => change[1] !== undefined);
    return known.length === changes.length ? new Map(known) : undefined;
  };
}

async function noChanges(source: MartSource, input: MartInput): Promise<string> {
  const { lake } = source;
  const view = temporaryName(lake, 'empty');
  const unchanged = temporaryName(lake, 'unchanged');
  await scanInput(source, input, view);
  await lake.db.run(
    `create temp table ${unchanged} as select cast(null as varchar) as _change, * from ${view}`,
  );
  return unchanged;
}
