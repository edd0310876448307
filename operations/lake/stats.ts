/** How many rows a data file's stats (JSON text) say that it has; null where they do not. */
export function recordsOf(stats: string | undefined): number | null {
  const records: unknown = JSON.parse(stats ?? '{}').numRecords;
  return typeof records === 'number' ? records : null;
}

/** null as soon as one is not known. */
export const sum = (numbers: readonly (number | null)[]): number | null =>
  numbers.reduce((total, n) => (total === null || n === null ? null : total + n), 0);
