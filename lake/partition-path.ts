/**
 * Partition values in the log and in object keys. Readers take the values from the log only; the directories follow Hive's
 * convention, for people and older tools.
 * https://github.com/delta-io/delta/blob/master/PROTOCOL.md#partition-value-serialization
 */

import { createHash } from 'node:crypto';
import type { TableSpec } from './table-spec';

/** By partition column; null without a value. */
export type PartitionValues = Readonly<Record<string, string | null>>;

/** The directory of rows without a value. */
export const DEFAULT_PARTITION = '__HIVE_DEFAULT_PARTITION__';

/** The characters that Hive and Spark escape as %XX in directory names. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters must be escaped
const UNSAFE = /[\u0000-\u001f"#%'*/:=?\\\u007f{[\]^]/g;

/** An object key can have 1,024 bytes, a file name 255. */
const MAX_NAME_BYTES = 200;

/** Null and the empty string are the same value in the protocol, written as null. */
export function partitionValue(value: string | null): string | null {
  return value === '' ? null : value;
}

/** The values of a partition as the log writes them, without any other columns. */
export function partitionOf(
  { partitionColumns }: Pick<TableSpec, 'partitionColumns'>,
  values: PartitionValues,
): PartitionValues {
  return Object.fromEntries(partitionColumns.map((name) => [name, partitionValue(values[name] ?? null)]));
}

/** The same string for the same partition, however its writer spelled it. */
export function partitionId(spec: Pick<TableSpec, 'partitionColumns'>, values: PartitionValues): string {
  return JSON.stringify(Object.values(partitionOf(spec, values)));
}

/**
 * `department=Men%2FWomen/`, relative to the table's prefix; empty without partition columns. A value that is too long for
 * a directory name is cut off, and a hash appended.
 */
export function partitionDirectory(columns: readonly string[], values: PartitionValues): string {
  return columns.map((name) => `${shorten(`${escapeName(name)}=${directoryValue(values[name])}`)}/`).join('');
}

/** `add.path`: a key relative to the table, as a URI reference; the equals signs of directories stay readable. */
export function pathToUri(path: string): string {
  return path
    .split('/')
    .map((part) => encodeURIComponent(part).replaceAll('%3D', '='))
    .join('/');
}

/** The key, relative to its table, that an `add.path` or `remove.path` names. */
export function uriToPath(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    // The writer did not encode it.
    return uri;
  }
}

/** Whether an `add.path` names a file outside of the table's own directory. */
export function isAbsoluteUri(uri: string): boolean {
  return uri.startsWith('/') || /^[a-z][a-z0-9+.-]*:/i.test(uri);
}

function directoryValue(value: string | null | undefined): string {
  return value === null || value === undefined || value === '' ? DEFAULT_PARTITION : escapeName(value);
}

function escapeName(text: string): string {
  return text.replace(
    UNSAFE,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

function shorten(name: string): string {
  if (Buffer.byteLength(name) <= MAX_NAME_BYTES) return name;
  const hash = `~${createHash('sha256').update(name).digest('hex').slice(0, 16)}`;
  let kept = '';
  for (const character of name) {
    if (Buffer.byteLength(kept + character) > MAX_NAME_BYTES - hash.length) break;
    kept += character;
  }
  return kept + hash;
}
