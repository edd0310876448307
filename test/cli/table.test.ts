import { formatBytes, formatSeconds, formatTable, printable } from '../../cli/table';

interface Row {
  readonly key: string;
  readonly rows: string;
}

const columns = [
  { heading: 'key', text: ({ key }: Row) => key },
  { heading: 'rows', right: true, text: ({ rows }: Row) => rows },
];

const lines = (...rows: Row[]) => formatTable(columns, rows).split('\n');

test('columns are as wide as their widest cell, numbers to the right, with no space at a line end', () => {
  expect(lines({ key: 'orders.csv', rows: '7' }, { key: 'a', rows: '12345' })).toEqual([
    '  key          rows',
    '  orders.csv      7',
    '  a           12345',
    '',
  ]);
  expect(formatTable([...columns].reverse(), [{ key: '', rows: '1' }])).toBe('  rows  key\n     1\n');
});

test('an empty table says so', () => {
  expect(lines()).toEqual(['  (none)', '']);
});

test.each([
  ['letters with combining marks', 'cafe\u0301.csv', 'café.csv'.length],
  ['East Asian letters', '注文.csv', 8],
  ['full-width forms', 'ＡＢ.csv', 8],
  ['an emoji of one code point', '🛒.csv', 6],
  ['an emoji joined of several', '👩‍💻.csv', 6],
  ['a sign made an emoji by its selector', '❤️.csv', 6],
])('%s take their width in terminal cells', (_, key, width) => {
  const [heading = '', row = ''] = lines({ key, rows: '1' });
  // The column begins two cells in, and the next one is four wide, two further on.
  expect(heading).toHaveLength(2 + width + 2 + 4);
  expect(row).toBe(`  ${key}     1`);
});

test.each([
  ['colours', '\u001b[31mred', '\\u001b[31mred'],
  ['line ends and tabs', 'a\r\n\tb', 'a\\u000d\\u000a\\u0009b'],
  ['C1 controls', '\u009b2J', '\\u009b2J'],
  ['a turned reading direction', 'cod\u202efdp.csv', 'cod\\u202efdp.csv'],
  ['what cannot be seen', '\u200b\ufeff\u2028', '\\u200b\\ufeff\\u2028'],
])('%s are escaped', (_, text, shown) => {
  expect(printable(text)).toBe(shown);
  expect(lines({ key: text, rows: '1' })[1]).toBe(`  ${shown}     1`);
});

test('letters of every script, spaces and emoji are unchanged', () => {
  const text = 'Bestellungen für März 注文 🛒👩‍💻 "a" \\ b';
  expect(printable(text)).toBe(text);
});

test('formats sizes with a suitable unit, durations to a tenth of a second', () => {
  expect([0, 1, 999, 1000, 25_700, 1_000_000, 3.2e12].map(formatBytes)).toEqual([
    '0 B',
    '1 B',
    '999 B',
    '1.0 kB',
    '25.7 kB',
    '1.0 MB',
    '3.2 TB',
  ]);
  expect([0, 49, 3_240, 61_000].map(formatSeconds)).toEqual(['0.0 s', '0.0 s', '3.2 s', '61.0 s']);
});
