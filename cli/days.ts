import { InvalidArgumentError } from 'commander';
import { isDay } from '../domain/time';

/** Parses an option's value: a day as YYYY-MM-DD. */
export function parseDay(text: string): string {
  if (isDay(text)) return text;
  throw new InvalidArgumentError('Expected a day as YYYY-MM-DD.');
}
