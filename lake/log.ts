/**
 * The object keys of a table's log, `_delta_log/`.
 * https://github.com/delta-io/delta/blob/master/PROTOCOL.md#file-types
 */

const padded = (version: number): string => String(version).padStart(20, '0');

export const logPrefix = (location: string): string => `${location}/_delta_log/`;

export const entryKey = (location: string, version: number): string =>
  `${logPrefix(location)}${padded(version)}.json`;

export const checkpointKey = (location: string, version: number): string =>
  `${logPrefix(location)}${padded(version)}.checkpoint.parquet`;

export const lastCheckpointKey = (location: string): string => `${logPrefix(location)}_last_checkpoint`;

/** A key that sorts before all keys of this version and later ones, to start a listing after. */
export const beforeVersion = (location: string, version: number): string =>
  `${logPrefix(location)}${padded(version)}`;

/** A checkpoint with all of its parts. */
export interface Checkpoint {
  readonly version: number;
  /** Full keys, in order. */
  readonly keys: readonly string[];
}

/** The contents of a log. */
export interface LogListing {
  /** Versions of the entries, ascending. */
  readonly entries: readonly number[];
  /** Complete ones, ascending; of one version, the single-file checkpoint is last. */
  readonly checkpoints: readonly Checkpoint[];
  /** There is a V2 checkpoint, which the lake does not read. */
  readonly hasNewerCheckpoints: boolean;
}

const NEWER_CHECKPOINT = /^\d{20}\.checkpoint\.[0-9a-f-]{36}\.(json|parquet)$/;
const NAME =
  /^(?<version>\d{20})\.(?:(?<entry>json)|checkpoint\.parquet|checkpoint\.(?<part>\d{10})\.(?<parts>\d{10})\.parquet)$/;

/**
 * Sorts the keys of a log. Checksums, compacted entries, and anything else that a reader may ignore is ignored, and so are
 * checkpoints with missing parts, which their writer did not finish.
 */
export function sortLog(location: string, keys: readonly string[]): LogListing {
  const names = keys.map((key) => key.slice(logPrefix(location).length));
  const entries: number[] = [];
  const whole: Checkpoint[] = [];
  const inParts = new Map<string, { version: number; parts: number; keys: string[] }>();
  for (const [index, key] of keys.entries()) {
    const found = NAME.exec(names[index] ?? '')?.groups;
    if (!found) continue;
    const version = Number(found.version);
    if (found.entry) entries.push(version);
    else if (found.part === undefined) whole.push({ version, keys: [key] });
    else {
      const group = `${version}/${found.parts}`;
      const parts = inParts.get(group) ?? { version, parts: Number(found.parts), keys: [] };
      parts.keys.push(key);
      inParts.set(group, parts);
    }
  }
  const complete = [...inParts.values()].filter(({ parts, keys: found }) => found.length === parts);
  return {
    entries: entries.sort((a, b) => a - b),
    checkpoints: [...complete, ...whole].sort((a, b) => a.version - b.version),
    hasNewerCheckpoints: names.some((name) => NEWER_CHECKPOINT.test(name)),
  };
}
