/** `1 file`, `2 files`. @param format how the count is written */
export const plural = (count: number, noun: string, format: (count: number) => string = String): string =>
  `${format(count)} ${noun}${count === 1 ? '' : 's'}`;
