/** null as soon as one is not known. */
export const sum = (numbers: readonly (number | null)[]): number | null =>
  numbers.reduce((total, n) => (total === null || n === null ? null : total + n), 0);
