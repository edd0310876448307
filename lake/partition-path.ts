/**
 * Partition values in the log and in object keys. Readers take values from the log alone; the directories follow
 * Hive's custom for the eyes of people and of older tools.
 * https://github.com/delta-io/delta/blob/master/PROTOCOL.md#partition-value-serialization
 */

import { createHash } from 'node:crypto';

/** The directory of rows without a value. */
export const DEFAULT_PARTITION = '__HIVE_DEFAULT_PARTITION__';

/** The characters that Hive and Spark write as %XX in a directory's name. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is escaped
const UNSAFE = /[\u0000-\u001f"#%'*/:=?\\\u007f{[\]^]/g;

/** Keys have room for 1,024 bytes, file systems for 255 a name. */
const MAX_NAME_BYTES = 200;

/** Null and the empty text are one value to the protocol, written as null. */
export function partitionValue(value: string | null): string | null {
  return value === '' ? null : value;
}

/**
 * `department=Men%2FWomen/`, below the table's own prefix, or nothing where there are no partition columns. A value
 * too long for a directory gives way to its beginning and a hash.
 */
export function partitionDirectory(
  columns: readonly string[],
  values: Readonly<Record<string, string | null>>,
): string {
  return columns.map((name) => `${shorten(`${escapeName(name)}=${directoryValue(values[name])}`)}/`).join('');
}

/** `add.path`: a key relative to its table as a URI reference; the equals sign of a directory stays readable. */
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
    // A writer that did not encode at all.
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
