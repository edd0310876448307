import { decimal, growth, hundredths } from '../../../operations/kpis/decimals';

type Decimal = string | null;

/** The change in percent; null if a value is missing, or the one before is 0. */
export const comparedDecimals = (now: Decimal, before: Decimal): Decimal =>
  now === null || before === null ? null : growth(hundredths(now), hundredths(before));

/** The change of a rate in percentage points; null if a value is missing. */
export const pointsBetween = (now: Decimal, before: Decimal): Decimal =>
  now === null || before === null ? null : decimal(hundredths(now) - hundredths(before));
