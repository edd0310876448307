import { quotedCell } from '../../../domain/csv-cell';
import type { OriginFigures } from '../../api/traffic';

const TEXTS = ['channel', 'source', 'medium'] as const;
const NUMBERS = [
  'sessions',
  'sessions_before',
  'visitors_per_day',
  'engaged_sessions',
  'bounce_rate',
  'avg_duration_seconds',
  'purchases',
  'revenue',
] as const;

/** Origins as CSV, with the columns that tell them apart. A name that a spreadsheet could run as a formula is escaped. */
export function originCsv(origins: readonly OriginFigures[]): string {
  const [first] = origins;
  const texts = TEXTS.filter((name) => first === undefined || first[name] !== null);
  const lines = origins.map((origin) =>
    [
      ...texts.map((name) => quotedCell(origin[name] ?? '')),
      ...NUMBERS.map((name) => String(origin[name] ?? '')),
    ].join(','),
  );
  return [[...texts, ...NUMBERS].join(','), ...lines].join('\n').concat('\n');
}
