import type { ListedExecution } from '../../api/executions';

/**
 * The list, newest first: the fetched pages, updated and extended by the latest first page.
 * @param onlyRunning drops executions that the first page no longer lists as running
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
 * Whether executions may be missing between the first page and the pages fetched before it: more have started than it holds.
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
