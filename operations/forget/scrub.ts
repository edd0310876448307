/**
 * Reasons quote values of rows that were rejected. Pure.
 */

import { quoted } from '../../domain/values/parsed';

/** What stands in place of a value. */
export const FORGOTTEN = '(forgotten)';

/** Shorter values say nothing by themselves. */
const MIN_CHARACTERS = 3;

/** The members of results and reports with text for people. */
const TEXTS = new Set(['reason', 'remedy', 'details', 'cause', 'summary']);

/** What reasons can say of a person. */
export interface Sayings {
  /** What names the person: replaced wherever it stands alone. */
  readonly names: readonly string[];
  /** Cells of the person's rows: replaced where they are quoted, as values of other rows can be equal. */
  readonly cells: readonly string[];
}

export function sayings(names: Iterable<string>, cells: Iterable<string>): Sayings {
  const distinct = (values: Iterable<string>) =>
    [...new Set([...values].map((value) => value.trim()))].filter(({ length }) => length >= MIN_CHARACTERS);
  // A long name may contain a short one.
  return { names: distinct(names).sort((a, b) => b.length - a.length), cells: distinct(cells) };
}

export function scrubText(text: string, { names, cells }: Sayings): string {
  const withoutCells = cells.reduce(
    (scrubbed, cell) => scrubbed.replaceAll(quoted(cell), JSON.stringify(FORGOTTEN)),
    text,
  );
  return names.reduce(
    (scrubbed, name) =>
      scrubbed.includes(name) ? scrubbed.replace(standingAlone(name), FORGOTTEN) : scrubbed,
    withoutCells,
  );
}

const standingAlone = (name: string): RegExp =>
  new RegExp(`(?<![\\p{L}\\p{N}])${name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}(?![\\p{L}\\p{N}])`, 'gu');

/**
 * A result or report without what its texts for people say of a person.
 * @returns the same object if they say nothing
 */
export function scrubReport(report: unknown, said: Sayings): unknown {
  const walk = (value: unknown, isText: boolean): unknown => {
    if (typeof value === 'string') return isText ? scrubText(value, said) : value;
    if (Array.isArray(value)) {
      const items = value.map((one) => walk(one, isText));
      return items.every((one, at) => one === value[at]) ? value : items;
    }
    if (typeof value !== 'object' || value === null) return value;
    const members = Object.entries(value).map(
      ([name, one]) => [name, walk(one, isText || TEXTS.has(name))] as const,
    );
    const isSame = members.every(([name, one]) => one === (value as Record<string, unknown>)[name]);
    return isSame ? value : Object.fromEntries(members);
  };
  return walk(report, false);
}
