/** Money and percent as strings with two decimals, `1234.50`, from exact whole numbers. */

/** The quotient of ten-thousandths and a count. */
export function money(tenThousandths: bigint, count: number | bigint = 1): string {
  return hundredths(tenThousandths, 100n * BigInt(count));
}

export function percent(part: number | bigint, count: number | bigint): string {
  return hundredths(10_000n * BigInt(part), BigInt(count));
}

/** numerator / denominator in hundredths, rounded half up (the absolute value), as `1.00`; the denominator is above 0. */
export function hundredths(numerator: bigint, denominator: bigint): string {
  const absolute = numerator < 0n ? -numerator : numerator;
  const rounded = (2n * absolute + denominator) / (2n * denominator);
  const sign = numerator < 0n && rounded > 0n ? '-' : '';
  return `${sign}${rounded / 100n}.${String(rounded % 100n).padStart(2, '0')}`;
}

/** Ten-thousandths as `12.5000`. */
export const exact = (amount: bigint): string =>
  `${amount / 10_000n}.${String(amount % 10_000n).padStart(4, '0')}`;
