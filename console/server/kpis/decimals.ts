/** Sums and shares of exact decimals, as whole numbers of hundredths: no digit goes through a float. */

import { canonicalNumber } from '../../../domain/mart';

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;

/** @param text a decimal as DynamoDB holds it, with at most two digits after the point; 0 for what is none */
export function hundredths(text: string): bigint {
  const match = DECIMAL.exec(text) ?? DECIMAL.exec(canonicalNumber(text));
  if (!match) return 0n;
  const [, sign, whole = '', fraction = ''] = match;
  const value = BigInt(whole + fraction.padEnd(2, '0').slice(0, 2));
  return sign ? -value : value;
}

/** With two decimals: `12.50`. */
export function decimal(value: bigint): string {
  const digits = String(value < 0n ? -value : value).padStart(3, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** a / b, rounded half up (ties away from zero). @param b above 0 */
export function divide(a: bigint, b: bigint): bigint {
  const half = a < 0n ? -1n : 1n;
  return (2n * a + half * b) / (2n * b);
}

/** 100 * a / b with two decimals; null where b is 0. */
export function percentage(a: bigint, b: bigint): string | null {
  return b === 0n ? null : decimal(divide(a * 10_000n, b));
}

/** By how much of `before` a number has grown, in percent; null where there was nothing before. */
export function growth(now: bigint, before: bigint): string | null {
  return percentage(now - before, before);
}
