import type { MartSummary, MeasureView } from '../../api/marts';
import { titleOf } from '../rows/column-text';

/** A description, in which names between backticks are code. It begins with a capital letter where it begins a sentence. */
export function DescriptionText({ text, isSentence }: { readonly text: string; readonly isSentence?: true }) {
  const shown = isSentence ? text.charAt(0).toUpperCase() + text.slice(1) : text;
  return shown.split('`').map((part, at) => (at % 2 === 0 ? part : <code key={at}>{part}</code>));
}

/** Where a mart can be read. */
export function servedText({ dynamodb, is_loaded }: Pick<MartSummary, 'dynamodb' | 'is_loaded'>): string {
  return [
    'the lake',
    ...(dynamodb === null ? [] : [`DynamoDB (${dynamodb})`]),
    ...(is_loaded ? ['the warehouse, if there is one'] : []),
  ].join(', ');
}

/** What a chart draws, in words. @param by day, week, month or year */
export function measureText({ column, unit, rate, type }: MeasureView, by: string): string {
  const inUnit = unit === null || titleOf(unit) === titleOf(column) ? '' : ` in ${unit}`;
  if (!rate) return `${titleOf(column)}${inUnit}: the sum of all chosen rows of a ${by}.`;
  const times = type === 'percent' ? '100 × ' : '';
  const sums = `the sum of ${titleOf(rate.dividend).toLowerCase()} / the sum of ${titleOf(rate.divisor).toLowerCase()}`;
  return `${titleOf(column)}: ${times}${sums}, of all chosen rows of a ${by}.`;
}
