/** null if any of the numbers is unknown. */
export const sum = (numbers: readonly (number | null)[]): number | null =>
  numbers.reduce((total, n) => (total === null || n === null ? null : total + n), 0);
