/** Rates, changes and names as text. */

import { formatDecimal, formatPercent } from '../shared/format';

export const NO_DATA = 'no data';

export const rateText = (rate: string | null): string => (rate === null ? NO_DATA : formatPercent(rate));

/** `+12.50 %`, `−3.00 points`, `unchanged`; `new` without a value before. */
export function changeText(change: string | null, inPoints = false): string {
  if (change === null) return 'new';
  if (/^-?0\.00$/.test(change)) return 'unchanged';
  const sign = change.startsWith('-') ? '−' : '+';
  const size = change.replace('-', '');
  return inPoints ? `${sign}${formatDecimal(size)} points` : `${sign}${formatPercent(size)}`;
}

/** A name on one line, cut to a maximum length. */
export function shortName(name: string, maxLength = 24): string {
  const letters = [...name.replace(/\s+/g, ' ')];
  return letters.length <= maxLength ? letters.join('') : `${letters.slice(0, maxLength - 1).join('')}…`;
}
