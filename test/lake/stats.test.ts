import fc from 'fast-check';
import type { TableColumn } from '../../lake/schema';
import {
  type ColumnStatistics,
  instantBound,
  numRecords,
  statsJson,
  truncateMax,
  truncateMin,
} from '../../lake/stats';

const COLUMNS: TableColumn[] = [
  { name: 'id', type: 'long' },
  { name: 'price', type: 'decimal(38,2)' },
  { name: 'seen_at', type: 'timestamp' },
  { name: 'day', type: 'date' },
  { name: 'note', type: 'string' },
];

test('stats keep every digit, name every column, and leave out the bounds of a column without values', () => {
  const json = statsJson(
    3,
    COLUMNS,
    new Map([
      ['id', { min: '-9223372036854775808', max: '9223372036854775807', nullCount: 0 }],
      ['price', { min: '-0.10', max: '123456789012345678901234567890123456.78', nullCount: 0 }],
      [
        'seen_at',
        { min: '2025-07-01 10:00:00.123456+00', max: '2025-07-01 10:00:00.123456+00', nullCount: 1 },
      ],
      ['day', { min: '2025-07-01', max: '2025-07-31', nullCount: 0 }],
      ['note', { nullCount: 3 }],
    ]),
  );
  expect(json).toBe(
    '{"numRecords":3,' +
      '"minValues":{"id":-9223372036854775808,"price":-0.10,"seen_at":"2025-07-01T10:00:00.123Z","day":"2025-07-01"},' +
      '"maxValues":{"id":9223372036854775807,"price":123456789012345678901234567890123456.78,"seen_at":"2025-07-01T10:00:00.124Z","day":"2025-07-31"},' +
      '"nullCount":{"id":0,"price":0,"seen_at":1,"day":0,"note":3}}',
  );
});

test.each([
  ['2025-07-01 10:00:00+00', '2025-07-01T10:00:00.000Z', '2025-07-01T10:00:00.000Z'],
  ['2025-07-01 10:00:00.5+00', '2025-07-01T10:00:00.500Z', '2025-07-01T10:00:00.500Z'],
  ['2025-12-31 23:59:59.999001+00', '2025-12-31T23:59:59.999Z', '2026-01-01T00:00:00.000Z'],
  ['1969-12-31 23:59:59.999999+00', '1969-12-31T23:59:59.999Z', '1970-01-01T00:00:00.000Z'],
  ['9999-12-31 23:59:59.999+00', '9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ['9999-12-31 23:59:59.9995+00', '9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999999Z'],
  ['290000-01-01 00:00:00+00', undefined, undefined],
  ['0044-03-15 (BC) 00:00:00+00', undefined, undefined],
  ['infinity', undefined, undefined],
])('the instant %s is cut down to %s and up to %s', (text, min, max) => {
  expect(instantBound(text, 'min')).toBe(min);
  expect(instantBound(text, 'max')).toBe(max);
});

test.each([
  ['short', 'short', 'short'],
  ['x'.repeat(32), 'x'.repeat(32), 'x'.repeat(32)],
  ['x'.repeat(33), 'x'.repeat(32), `${'x'.repeat(32)}\u007f`],
  [`${'x'.repeat(32)}é`, 'x'.repeat(32), `${'x'.repeat(32)}\u{10ffff}`],
  ['😀'.repeat(40), '😀'.repeat(32), `${'😀'.repeat(32)}\u{10ffff}`],
  ['\u{10ffff}'.repeat(70), '\u{10ffff}'.repeat(32), undefined],
  ['\u{10ffff}'.repeat(40), '\u{10ffff}'.repeat(32), '\u{10ffff}'.repeat(40)],
])('the text %j is bounded by %j and %j', (text, min, max) => {
  expect(truncateMin(text)).toBe(min);
  expect(truncateMax(text)).toBe(max);
});

test.each([
  ['a text of which DuckDB tells no bounds', 'note', { nullCount: 2 }],
  [
    'a text whose beginning has no successor',
    'note',
    { min: 'a', max: '\u{10ffff}'.repeat(70), nullCount: 0 },
  ],
  ['a day of a year of five digits', 'day', { min: '2025-07-01', max: '10000-01-01', nullCount: 0 }],
])('with %s the file has no bounds at all', (_, name, found) => {
  const empty = COLUMNS.map((column) => [column.name, { nullCount: 3 }] as const);
  const json = statsJson(3, COLUMNS, new Map<string, ColumnStatistics>([...empty, [name, found]]));
  expect(Object.keys(JSON.parse(json))).toEqual(['numRecords', 'nullCount']);
});

test('bounds of a text never lie on the wrong side of it', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', '\u007e', '\u007f', 'é', '\uffff', '😀', '\u{10ffff}'),
    maxLength: 80,
  });
  fc.assert(
    fc.property(text, (value) => {
      expect(Buffer.compare(Buffer.from(truncateMin(value)), Buffer.from(value))).toBeLessThanOrEqual(0);
      const max = truncateMax(value);
      if (max !== undefined) {
        expect(Buffer.compare(Buffer.from(max), Buffer.from(value))).toBeGreaterThanOrEqual(0);
      }
    }),
  );
});

test.each<[string, string | undefined, number | null]>([
  ['as we write them', statsJson(3, COLUMNS, new Map()), 3],
  ['with the count last', '{"minValues":{"numRecords":1},"numRecords": 7}', 7],
  ['without the count, though a column has its name', '{"nullCount":{"numRecords":1}}', null],
  ['without anything', '{}', null],
  ['that are missing', undefined, null],
  ['that are no JSON', '{"numRecords":', null],
])('the number of rows, from stats %s', (_, stats, expected) => expect(numRecords(stats)).toBe(expected));
