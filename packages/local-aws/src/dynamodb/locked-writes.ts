import type { Store } from 'dynalite/db';

/** A write of LevelDB. */
export type Write =
  | { readonly type: 'put'; readonly key: string; readonly value: unknown }
  | { readonly type: 'del'; readonly key: string };

/**
 * Runs work while no other write of these items does, so that a conditional write of another request sees all of it or nothing. Tables are
 * locked in the order of their names, so that no request waits forever.
 * @param keys of the items, by table
 */
export async function withLocks(
  store: Store,
  keys: ReadonlyMap<string, readonly string[]>,
  work: () => Promise<void>,
): Promise<void> {
  const [table, ...others] = [...keys.keys()].sort();
  if (table === undefined) return work();
  const rest = new Map(others.map((name) => [name, keys.get(name) ?? []]));
  await new Promise<void>((resolve, reject) => {
    store.getItemDb(table).lock(keys.get(table) ?? [], (release) => {
      const finish = release((error: unknown) => (error ? reject(error) : resolve()));
      withLocks(store, rest, work).then(
        () => finish(undefined),
        (error) => finish(error),
      );
    });
  });
}
