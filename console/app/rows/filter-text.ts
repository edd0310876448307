/** Conditions on columns: as text in the address, and in words. */

import type { FilterTest, RowColumn } from '../../api/rows';
import { titleOf, valueText } from './column-text';

export interface Filter {
  readonly column: string;
  readonly test: FilterTest;
  readonly value: string;
}

/** Undefined for a text that is no condition. */
export function readFilter(text: string): Filter | undefined {
  const [, column, isNull, sign, value = ''] = /^(\w+)(?:( is null)$|(>=|<=|=|~)(.*)$)/su.exec(text) ?? [];
  if (column === undefined) return undefined;
  return { column, test: isNull ? 'is null' : (sign as FilterTest), value };
}

export const filterText = ({ column, test, value }: Filter): string =>
  `${column}${test === 'is null' ? ' is null' : test}${test === 'is null' ? '' : value}`;

const TESTS: Readonly<Record<FilterTest, string>> = {
  '=': 'is',
  '>=': 'is at least',
  '<=': 'is at most',
  '~': 'contains',
  'is null': 'has no value',
};

/** A test in words, fitting to the column's type. */
export function testText(test: FilterTest, type: string): string {
  const isTime = type === 'date' || type === 'timestamp';
  if (isTime && test === '>=') return 'is from';
  if (isTime && test === '<=') return 'is until';
  return TESTS[test];
}

/** A condition in words: `Net revenue is at least 10.00`. */
export function filterWords(text: string, columns: readonly RowColumn[], timeZone: string): string {
  const filter = readFilter(text);
  const column = columns.find(({ name }) => name === filter?.column);
  if (!filter || !column) return text;
  const words = `${titleOf(column.name)} ${testText(filter.test, column.type)}`;
  if (filter.test === 'is null') return words;
  return `${words} ${shownValue(column, filter.value, timeZone)}`;
}

function shownValue(column: RowColumn, value: string, timeZone: string): string {
  if (value === '') return 'empty';
  try {
    return valueText(column, value, timeZone);
  } catch {
    // Not a value of the column's type, which the server says.
    return value;
  }
}
