import type { ListedExecution } from '../../api/executions';

/**
 * The list, newest first: pages as they were fetched, and in front of and over them what the newest page says now.
 * @param onlyRunning of the pages nothing stays that the newest page no longer says to run
 */
export function mergePages(
  newest: readonly ListedExecution[],
  pages: readonly (readonly ListedExecution[])[],
  onlyRunning: boolean,
): readonly ListedExecution[] {
  if (onlyRunning) return newest;
  const now = new Set(newest.map(({ name }) => name));
  return [...newest, ...pages.flat().filter(({ name }) => !now.has(name))];
}

/**
 * Whether executions may lie between the newest page and those fetched before it: more started than it holds, while
 * nobody looked.
 */
export function hasGap(
  newest: readonly ListedExecution[],
  pages: readonly (readonly ListedExecution[])[],
  isNewestAll: boolean,
): boolean {
  const first = pages[0]?.[0];
  if (!first || isNewestAll) return false;
  return !newest.some(({ name }) => name === first.name) && (newest.at(-1)?.started ?? '') > first.started;
}
