import { decimal, divide } from '../kpis/decimals';

/**
 * a / b, or 100 a / b, rounded half up to two decimal places; null without a value or where b is 0.
 * @param a and b exact decimals as text, with any number of decimal places
 */
export function quotient(
  a: string | null,
  b: string | null,
  as: 'number' | 'percent' = 'number',
): string | null {
  if (a === null || b === null) return null;
  const places = Math.max(decimalsOf(a), decimalsOf(b));
  const [dividend, divisor] = [wholeOf(a, places), wholeOf(b, places)];
  if (divisor === 0n) return null;
  const sign = divisor < 0n ? -1n : 1n;
  return decimal(divide(dividend * sign * (as === 'percent' ? 10_000n : 100n), divisor * sign));
}

const decimalsOf = (text: string): number => text.split('.')[1]?.length ?? 0;

const wholeOf = (text: string, places: number): bigint => {
  const [whole = '0', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(places, '0'));
};
