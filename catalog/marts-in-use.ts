import { inUse } from './in-use';
import { INCLUDED_MARTS } from './included-marts';
import type { MartSet } from './mart-folder';

/** A deployment with its own marts has all of its marts in this file, beside each of its bundles. */
export const MARTS_FILE = 'marts.json';

const marts = inUse<MartSet>(MARTS_FILE, INCLUDED_MARTS);

/** Replaces the included marts in this process. Only before its catalog is loaded, which never changes. */
export const useMarts = marts.use;

/** The marts of this process, and whether they are the included ones. */
export function martsInUse(): { readonly marts: MartSet; readonly isOwn: boolean } {
  const { value, isOwn } = marts.get();
  return { marts: value, isOwn };
}
