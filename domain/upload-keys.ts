/**
 * Which keys a file may be dropped in under, what its name makes likely to become of it, and what a mended file is called.
 */

import { kindFromName } from './contract';
import { fileFormat } from './file-rules';
import { INPUT, MAX_KEY_BYTES } from './object-keys';
import { compactTime } from './time';

/** The key of a file in an optional folder below `input/`; slashes around the folder mean nothing. */
export function uploadKey(folder: string, name: string): string {
  const trimmed = folder.trim().replace(/^\/+|\/+$/g, '');
  return `${INPUT}${trimmed === '' ? '' : `${trimmed}/`}${name}`;
}

/** Why no file may be dropped in under a key, as a sentence without its full stop; undefined where one may. */
export function keyFault(key: string): string | undefined {
  if (!key.startsWith(INPUT)) return `expected a key below ${INPUT}`;
  const parts = key.slice(INPUT.length).split('/');
  if (parts.includes('')) return 'the name, or that of a folder in it, is empty';
  if (parts.some((part) => part === '.' || part === '..'))
    return 'no folder and no file may be named "." or ".."';
  if (/\p{Cc}/u.test(key)) return 'the name has control characters';
  // A half of a pair of UTF-16 has no UTF-8.
  if (/\p{Cs}/u.test(key)) return 'the name is no Unicode text';
  const bytes = utf8Bytes(key);
  if (bytes > MAX_KEY_BYTES) {
    return `the key has ${bytes} bytes of UTF-8, expected at most ${MAX_KEY_BYTES} with folders and ${INPUT}`;
  }
  return undefined;
}

/** What a name makes certain (`rejected`) or leaves open (`header`: the columns decide the kind). */
export interface NameAdvice {
  readonly likely: 'rejected' | 'header';
  readonly text: string;
}

/** undefined: the name is as it should be. */
export function nameAdvice(key: string, kinds: readonly string[]): NameAdvice | undefined {
  const format = fileFormat(key);
  if ('fault' in format) {
    const { reason, remedy } = format.fault;
    return { likely: 'rejected', text: `It would be rejected: ${reason}. What to do: ${remedy}.` };
  }
  if (kindFromName(key, kinds)) return undefined;
  return {
    likely: 'header',
    text: `The name begins with none of ${kinds.join(', ')}: the header decides which kind it is.`,
  };
}

/**
 * The key for the mended rows of a file, next to it: `input/a/orders.csv` gives `input/a/orders.mended-20250330T161426Z.csv`,
 * which begins as the file's own name does, and so is of the same kind.
 */
export function fixedKey(key: string, at: Date): string {
  const suffix = `.mended-${compactTime(at)}.csv`;
  const letters = [...key.replace(/\.csv(\.gz)?$/i, '').replace(/\.mended-\d{8}T\d{6}Z$/, '')];
  while (utf8Bytes(letters.join('')) + suffix.length > MAX_KEY_BYTES) letters.pop();
  return letters.join('') + suffix;
}

const utf8Bytes = (text: string): number => new TextEncoder().encode(text).length;
