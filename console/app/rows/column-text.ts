/** Names of columns and marts, and their values as text. */

import type { RowColumn } from '../../api/rows';
import {
  formatCount,
  formatDay,
  formatDecimal,
  formatExact,
  formatInstant,
  formatPercent,
} from '../shared/format';

const ABBREVIATIONS: ReadonlyMap<string, string> = new Map(
  ['ABC', 'CTR', 'ID', 'KPIs', 'RFM', 'SKU', 'URL'].map((word) => [word.toLowerCase(), word]),
);

/** `customer_value` as `Customer value`. */
export function titleOf(name: string): string {
  const words = name.split('_').filter((word) => word !== '');
  const text = words.map((word) => ABBREVIATIONS.get(word) ?? word).join(' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

type ColumnType = Pick<RowColumn, 'type' | 'unit' | 'is_key'>;

const isDecimal = (type: string): boolean => type.startsWith('decimal');

/** True for numbers, which are aligned right. An id is none. */
export const isAmount = (column: ColumnType): boolean =>
  ['count', 'money', 'percent'].includes(column.type) || isDecimal(column.type) || isCounted(column);

/** A whole number with a unit; without one it can be an id, whose digits are not grouped. */
const isCounted = ({ type, unit, is_key }: ColumnType): boolean =>
  type === 'int64' && unit !== null && !is_key;

/** A value in the user's locale, with all digits. Times are in the time zone. */
export function valueText(column: ColumnType, value: string, timeZone: string): string {
  const { type } = column;
  if (type === 'money') return formatDecimal(value);
  if (type === 'percent') return formatPercent(value);
  if (type === 'count' || isCounted(column)) return formatCount(BigInt(value));
  if (isDecimal(type)) return formatExact(value);
  if (type === 'date') return formatDay(value);
  if (type === 'timestamp') return formatInstant(value, timeZone);
  if (type === 'boolean') return value === 'true' ? 'yes' : 'no';
  return value;
}

/** The type in words. */
export function typeText({ type }: Pick<RowColumn, 'type'>): string {
  const words: Readonly<Record<string, string>> = {
    count: 'whole number',
    int64: 'whole number',
    money: 'amount, 2 decimal places',
    percent: 'percent, 2 decimal places',
    date: 'day',
    timestamp: 'time',
    boolean: 'yes or no',
  };
  const [, places] = /^decimal\(\d+,(\d+)\)$/.exec(type) ?? [];
  return words[type] ?? (places === undefined ? type : `number, ${places} decimal places`);
}

const WIDTHS: Readonly<Record<string, number>> = {
  boolean: 80,
  count: 90,
  date: 124,
  int64: 110,
  money: 120,
  percent: 90,
  text: 170,
  timestamp: 210,
};
const CHARACTER_WIDTH = 8;

/** A width in pixels at which the header and most values fit. */
export const widthOf = ({ name, type }: Pick<RowColumn, 'name' | 'type'>): number =>
  Math.max(WIDTHS[type] ?? 130, titleOf(name).length * CHARACTER_WIDTH + 52);
