import { InvalidArgumentError } from 'commander';

/** Parses an option's value: a whole number, optionally with `_` between digits. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text.replaceAll('_', ''));
    if (/^\d[\d_]*$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`);
  };
}

/** Parses an option's value: a number from 0 to `highest`. */
export const share = (highest: number) => (text: string) => {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= highest))
    throw new InvalidArgumentError(`Expected a share from 0 to ${highest}, such as 0.05.`);
  return value;
};
