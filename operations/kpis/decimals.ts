/** Exact decimal arithmetic in whole hundredths: no digit passes through a float. */

import { canonicalNumber } from '../../domain/mart';

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;

/** @param text a decimal as DynamoDB stores it, with at most two decimal places; anything else counts as 0 */
export function hundredths(text: string): bigint {
  const match = DECIMAL.exec(text) ?? DECIMAL.exec(canonicalNumber(text));
  if (!match) return 0n;
  const [, sign, whole = '', fraction = ''] = match;
  const value = BigInt(whole + fraction.padEnd(2, '0').slice(0, 2));
  return sign ? -value : value;
}

/** With two decimal places: `12.50`. */
export function decimal(value: bigint): string {
  const digits = String(value < 0n ? -value : value).padStart(3, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** a / b, rounded half up (ties away from zero). @param b above 0 */
export function divide(a: bigint, b: bigint): bigint {
  const half = a < 0n ? -1n : 1n;
  return (2n * a + half * b) / (2n * b);
}

/** 100 * a / b with two decimal places; null if b is 0. */
export function percentage(a: bigint, b: bigint): string | null {
  return b === 0n ? null : decimal(divide(a * 10_000n, b));
}

/** The change from `before` to `now` in percent; null if `before` is 0. */
export function growth(now: bigint, before: bigint): string | null {
  return percentage(now - before, before);
}
