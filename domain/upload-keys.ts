/**
 * The keys that a file can be uploaded to, advice about its name, and the name of a file with fixed rows.
 */

import { kindFromName, type NamedKind, namePatterns } from './file-names';
import { fileFormat, withoutExtension } from './file-rules';
import { INPUT, MAX_KEY_BYTES } from './object-keys';
import { compactTime } from './time';

/** The key of a file in an optional folder of `input/`; slashes around the folder are ignored. */
export function uploadKey(folder: string, name: string): string {
  const trimmed = folder.trim().replace(/^\/+|\/+$/g, '');
  return `${INPUT}${trimmed === '' ? '' : `${trimmed}/`}${name}`;
}

/** Why a key is invalid for an upload, as a sentence without a full stop; undefined if it is valid. */
export function keyFault(key: string): string | undefined {
  if (!key.startsWith(INPUT)) return `expected a key below ${INPUT}`;
  const parts = key.slice(INPUT.length).split('/');
  if (parts.includes('')) return 'the name of the file or of a folder is empty';
  if (parts.some((part) => part === '.' || part === '..'))
    return 'a file or folder cannot be named "." or ".."';
  if (/\p{Cc}/u.test(key)) return 'the name has control characters';
  // A lone surrogate has no UTF-8 encoding.
  if (/\p{Cs}/u.test(key)) return 'the name is not valid Unicode';
  const bytes = utf8Bytes(key);
  if (bytes > MAX_KEY_BYTES) {
    return `the key has ${bytes} bytes of UTF-8, expected at most ${MAX_KEY_BYTES} including folders and ${INPUT}`;
  }
  return undefined;
}

/** Why a file will be rejected for its name alone, and the remedy, as sentences; undefined if it will not be. */
export function rejectedForName(key: string): string | undefined {
  const format = fileFormat(key);
  if (!('fault' in format)) return undefined;
  const { reason, remedy } = format.fault;
  return `It will be rejected: ${reason}. To fix this: ${remedy}.`;
}

/** A sentence if the name is not like that of any kind, so that the header decides; undefined if it is. */
export function headerDecides(key: string, kinds: readonly NamedKind[]): string | undefined {
  if (kindFromName(key, kinds)) return undefined;
  return `The name is not like any of ${kinds.flatMap(namePatterns).join(', ')}: the header decides the kind.`;
}

/**
 * The key for the fixed rows of a file, next to it: `input/a/orders.csv` gives `input/a/orders.fixed-20250330T161426Z.csv`, which
 * starts like the file's name and so is of the same kind. Earlier versions wrote `.mended-`.
 */
export function fixedKey(key: string, at: Date): string {
  const suffix = `.fixed-${compactTime(at)}.csv`;
  const letters = [...withoutExtension(key).replace(/\.(fixed|mended)-\d{8}T\d{6}Z$/, '')];
  while (utf8Bytes(letters.join('')) + suffix.length > MAX_KEY_BYTES) letters.pop();
  return letters.join('') + suffix;
}

const utf8Bytes = (text: string): number => new TextEncoder().encode(text).length;
