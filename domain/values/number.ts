/** The ways to write a number: digits, one of several separators of thousands, one of two decimal separators. */

export type DecimalSeparator = '.' | ',';

export interface NumberReading {
  /** Digits before the decimal separator, possibly none. */
  readonly integer: string;
  /** Digits after it; empty if there is none. */
  readonly fraction: string;
  /** The decimal separator that the text shows, also if it follows from the separator of thousands. */
  readonly decimal?: DecimalSeparator;
}

const DECIMALS = ['.', ','] as const;
const GROUPED = /^[0-9]{1,3}(?:([.,' ])[0-9]{3})(?:\1[0-9]{3})*$/;
/** Lakhs and crores: 1,23,45,678. */
const INDIAN = /^[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}$/;
const DIGITS = /^[0-9]*$/;

/**
 * Every way to read digits and separators as a number without sign. Spaces, also no-break and narrow ones, and apostrophes only
 * separate thousands.
 *
 * @param declared the decimal separator, if it is known
 */
export function numberReadings(text: string, declared?: DecimalSeparator): NumberReading[] {
  const body = text.replace(/[\u00a0\u2009\u202f]/g, ' ').replace(/\u2019/g, "'");
  const readings: NumberReading[] = [];
  for (const decimal of declared ? [declared] : DECIMALS) {
    const [integer = '', fraction, ...more] = body.split(decimal);
    if (fraction !== undefined && more.length === 0 && fraction !== '' && DIGITS.test(fraction)) {
      const digits = integer === '' ? '' : withoutGroups(integer, decimal)?.digits;
      if (digits !== undefined) readings.push({ integer: digits, fraction, decimal });
    }
  }
  const whole = withoutGroups(body, declared);
  if (whole) {
    const { digits, separator } = whole;
    const decimal = separator === '.' ? ',' : separator === ',' ? '.' : undefined;
    readings.push({ integer: digits, fraction: '', ...(decimal && { decimal }) });
  }
  return readings;
}

/** @param decimal the decimal separator, which cannot separate thousands */
function withoutGroups(
  text: string,
  decimal: DecimalSeparator | undefined,
): { digits: string; separator?: string } | undefined {
  if (DIGITS.test(text)) return { digits: text };
  const separator = GROUPED.exec(text)?.[1] ?? (INDIAN.test(text) ? ',' : undefined);
  if (separator === undefined || separator === decimal) return undefined;
  return { digits: text.replaceAll(separator, ''), separator };
}

export const withoutLeadingZeros = (digits: string) => digits.replace(/^0+(?=[0-9])/, '') || '0';

/** The YAML of a declaration that decides between two readings of a number. */
export const DECLARE_DECIMAL = ["notation: { decimal: '.' }", ["','"]] as const;

export const POINT = { decimal: '.' } as const;
export const COMMA = { decimal: ',' } as const;
