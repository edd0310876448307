import { inOneLine, isNumeric, sortValue, toCsv } from '../../console/app/lake/cells';
import { parsePartition, partitionText } from '../../console/app/lake/partition';
import { faultOf, placeOf } from '../../console/app/lake/sql-fault';

test('CSV has every digit, quotes what needs quotes, and tells an empty text from null', () => {
  const columns = ['id', 'a "name"', 'text'].map((name) => ({ name, type: 'VARCHAR' }));
  const rows = [
    ['9007199254740993', null, ''],
    ['0.1000', 'x,y', 'two\nlines'],
  ];
  expect(toCsv(columns, rows)).toBe(
    'id,"a ""name""",text\r\n9007199254740993,,""\r\n0.1000,"x,y","two\nlines"\r\n',
  );
});

test('numbers that came as text are sorted by their size', () => {
  expect(['BIGINT', 'DECIMAL(38,4)', 'HUGEINT', 'UTINYINT', 'DOUBLE'].every(isNumeric)).toBe(true);
  expect(['VARCHAR', 'DATE', 'BIGINT[]', 'TIMESTAMP WITH TIME ZONE'].some(isNumeric)).toBe(false);
  expect(sortValue('10', 'BIGINT')).toBe(10);
  expect(sortValue('10', 'VARCHAR')).toBe('10');
  expect(sortValue(null, 'BIGINT')).toBeNull();
});

test('a cell with lines is shown in one', () => {
  expect(inOneLine('a\r\nb\nc\td')).toBe('a↵b↵c⇥d');
});

test('a fault is pointed at in its line, cut around it where that is long', () => {
  expect(placeOf('select\n  nope\nfrom orders', { line: 2, column: 3 })).toEqual({
    line: '  nope',
    column: 2,
    offset: 9,
  });
  const long = `select ${'a, '.repeat(100)}nope`;
  const place = placeOf(long, { line: 1, column: 308 });
  expect(place?.line.slice(place.column)).toBe('nope');
  expect(place?.offset).toBe(307);
  expect(placeOf('select 1', null)).toBeUndefined();
  expect(placeOf('select 1', { line: 7, column: 1 })).toBeUndefined();
});

test('only an answer with a place, or without one, is a fault', () => {
  expect(faultOf({ error: 'no', position: null })).toEqual({ error: 'no', position: null });
  expect(faultOf({ error: 'no' })).toBeUndefined();
  expect(faultOf('no')).toBeUndefined();
});

test('a partition survives a round trip through the URL, and nothing else does', () => {
  const values = { year: '2025', month: null };
  expect(parsePartition(JSON.stringify(values))).toEqual(values);
  for (const text of [null, 'year', '[1]', '{"a":1}', 'null']) expect(parsePartition(text)).toBeUndefined();
  expect(partitionText(values)).toBe('year=2025 month=(none)');
});
