/**
 * The kind of a file by its name.
 */

import type { Contract } from './contract';

/** A kind, and the names of its files: by default those that start with it. */
export type NamedKind = Pick<Contract, 'kind' | 'match'>;

/**
 * The kind whose pattern matches the file name, in any folder, case-insensitive. If several do, the pattern with the most
 * characters besides `*` decides, so that `orders_web*` comes before `orders*`; undefined if that leaves several kinds, or none.
 */
export function kindFromName(key: string, kinds: readonly NamedKind[]): string | undefined {
  const name = (key.split('/').pop() ?? '').toLowerCase();
  let most = -1;
  const found = new Set<string>();
  for (const named of kinds) {
    for (const pattern of namePatterns(named)) {
      if (!matches(name, pattern.toLowerCase())) continue;
      const characters = pattern.replaceAll('*', '').length;
      if (characters > most) found.clear();
      if (characters >= most) found.add(named.kind);
      most = Math.max(most, characters);
    }
  }
  const [only, ...others] = found;
  return others.length === 0 ? only : undefined;
}

/** The patterns of a kind's file names, in which `*` stands for any text. */
export const namePatterns = ({ kind, match }: NamedKind): readonly string[] => match?.names ?? [`${kind}*`];

/** Takes each part at its first occurrence, so the time is linear in the name for every pattern. */
function matches(name: string, pattern: string): boolean {
  const [start = '', ...parts] = pattern.split('*');
  const end = parts.pop();
  if (end === undefined) return name === start;
  if (!name.startsWith(start)) return false;
  let from = start.length;
  for (const part of parts) {
    const at = name.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return name.length - from >= end.length && name.endsWith(end);
}
