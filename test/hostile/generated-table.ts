import fc from 'fast-check';
import { catalog } from '../../catalog/catalog';
import type { Kind } from '../reference/kpis';
import { hostileText } from './tokens';

/** Rows of a kind as the text of their cells, under the names of its columns. */
export interface GeneratedTable {
  readonly kind: Kind;
  readonly names: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const ODD = [
  '',
  '0',
  '-0.0',
  '7.0',
  '12.50',
  '1e3',
  '0.000001',
  '9007199254740993',
  '-9223372036854775808',
  '9223372036854775808',
  '99999999999999.99995',
  '12,50',
  'true',
  'null',
  'NaN',
  '2025-03-30',
  '2025-03-30T16:14:26.123456789Z',
  '0001-01-01T00:00:00+15:59',
];

const GOOD = { int64: '7', money: '12.50', timestamp: '2025-03-30T16:14:26', text: 'delivered' } as const;

const oddCell = fc.oneof(
  { arbitrary: fc.constant(undefined), weight: 20 },
  { arbitrary: fc.constantFrom(...ODD), weight: 3 },
  { arbitrary: hostileText, weight: 1 },
);

/** Text that files of every format can have. */
const isWritable = (text: string): boolean => !/\0|\p{Cs}/u.test(text);

export const generatedTable: fc.Arbitrary<GeneratedTable> = fc
  .record({
    kind: fc.constantFrom<Kind>('products', 'orders', 'order_items'),
    rows: fc.array(fc.array(oddCell, { minLength: 12, maxLength: 12 }), { minLength: 1, maxLength: 12 }),
  })
  .map(({ kind, rows }) => {
    const { columns } = catalog.contract(kind);
    return {
      kind,
      names: columns.map(({ name }) => name),
      rows: rows.map((row, number) =>
        columns.map(({ type }, at) => {
          const odd = row[at];
          // The first cell is the key: it tells the rows apart, and no row is without any value.
          if (at === 0) return `${number + 1}`;
          return odd !== undefined && isWritable(odd) ? odd : GOOD[type as keyof typeof GOOD];
        }),
      ),
    };
  });

/** The table as CSV with every cell in quotes, so that no cell has a meaning beyond its text. */
export function csvOf({ names, rows }: GeneratedTable): string {
  const line = (cells: readonly string[]) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',');
  return `${[names, ...rows].map(line).join('\n')}\n`;
}
