/**
 * Reasons quote values of rows that were rejected. Pure.
 */

/** What stands in place of a value. */
export const FORGOTTEN = '(forgotten)';

/** Shorter values say nothing by themselves. */
const MIN_CHARACTERS = 3;

/** The members of results and reports with text for people. */
const TEXTS = new Set(['reason', 'remedy', 'details', 'cause', 'summary', 'first_bad_rows']);

/** Values in the order in which they are replaced: a long one may contain a short one. */
export const quotable = (values: Iterable<string>): string[] =>
  [...new Set([...values].map((value) => value.trim()))]
    .filter(({ length }) => length >= MIN_CHARACTERS)
    .sort((a, b) => b.length - a.length);

/** The text without the values, of which each is quoted or stands alone. @param values as `quotable` orders them */
export function scrubText(text: string, values: readonly string[]): string {
  return values.reduce((scrubbed, value) => {
    if (!scrubbed.includes(value)) return scrubbed;
    const whole = new RegExp(`(?<![\\p{L}\\p{N}])${escaped(value)}(?![\\p{L}\\p{N}])`, 'gu');
    return scrubbed.replace(whole, FORGOTTEN);
  }, text);
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/**
 * A result or report without the values in its texts for people.
 * @returns the same object if it has none of them
 */
export function scrubReport(report: unknown, values: readonly string[]): unknown {
  const walk = (value: unknown, isText: boolean): unknown => {
    if (typeof value === 'string') return isText ? scrubText(value, values) : value;
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
