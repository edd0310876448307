import type { Lake } from '../../lake/lake';
import type { Snapshot } from '../../lake/snapshot';
import { readCommit } from '../../operations/lake/history';
import { BoundedMap } from './bounded-map';

/** Commits never change, so their times are cached. */
const CACHED_COMMITS = 500;

/** Finds the time of a table's newest commit, ISO 8601; null if it has none. */
export function commitTimes(): (lake: Pick<Lake, 'bucket'>, snapshot: Snapshot) => Promise<string | null> {
  const known = new BoundedMap<string, { readonly at: string | null }>(CACHED_COMMITS);
  return async (lake, { location, metadata, version }) => {
    const key = `${metadata.id} ${version}`;
    const commit = known.get(key) ?? { at: (await readCommit(lake, location, version))?.at ?? null };
    known.set(key, commit);
    return commit.at;
  };
}
