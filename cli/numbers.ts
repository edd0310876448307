import { InvalidArgumentError } from 'commander';

/** Parses an option's value: a whole number, optionally with `_` between digits. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text.replaceAll('_', ''));
    if (/^\d[\d_]*$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`);
  };
}
