import { gzipSync } from 'node:zlib';
import { ORDERS } from '../../builders/csv';
import { zipOf } from '../../builders/zip';
import { order, orders, Validation } from './validation';

let validation: Validation;
beforeEach(() => {
  validation = new Validation();
});
afterEach(() => validation.close());

const NAMES = ORDERS.split(',');

/** The row of a CSV file as an object: an empty cell is null. */
const objectOf = (row: string): Record<string, string | number | null> =>
  Object.fromEntries(row.split(',').map((cell, at) => [NAMES[at], cell === '' ? null : cell]));

const json = (...rows: object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

async function rowsOf(key: string, body: string | Uint8Array) {
  await validation.add(key, body);
  await validation.run();
  return validation.rows(key);
}

const withoutSource = (rows: readonly Record<string, unknown>[]) =>
  rows
    .map(({ _source_key, _source_line, ...row }) => row)
    .toSorted((a, b) => Number(a.order_id) - Number(b.order_id));

test('objects give the same rows as the same cells of a CSV file', async () => {
  await validation.add('input/orders.csv', orders(3));
  await validation.add('input/orders.ndjson', json(...[1, 2, 3].map((id) => objectOf(order(id)))));
  await validation.run();
  const rows = await validation.rows('input/orders.ndjson');
  expect(rows).toHaveLength(3);
  expect(withoutSource(rows)).toEqual(withoutSource(await validation.rows('input/orders.csv')));
  expect(rows.map(({ _source_line }) => _source_line)).toEqual(['1', '2', '3']);
  expect(validation.of('input/orders.ndjson')).toMatchObject({ outcome: 'valid', kind: 'orders', rows: 3 });
});

test.each([
  ['orders.jsonl', (text: string) => text],
  ['orders.json', (text: string) => text.replaceAll('\n', '\r\n')],
  ['orders.ndjson', (text: string) => `\ufeff\n${text}\n\n`],
  ['orders.ndjson', (text: string) => text.trimEnd()],
  ['orders.json.gz', (text: string) => gzipSync(text)],
  ['orders.ndjson.zip', (text: string) => zipOf({ 'orders.ndjson': text })],
  ['orders.json', (text: string) => `[${text.trimEnd().split('\n').join(',\n')}]`],
  [
    'orders.csv.json',
    (text: string) =>
      JSON.stringify(
        text
          .trimEnd()
          .split('\n')
          .map((row) => JSON.parse(row)),
        null,
        2,
      ),
  ],
])('%s is read: %#', async (name, written) => {
  const rows = await rowsOf(`input/${name}`, written(json(...[1, 2].map((id) => objectOf(order(id))))));
  expect(rows.map(({ order_id }) => order_id)).toEqual(['1', '2']);
});

test('numbers keep all digits, and null, a missing name and an empty string are no value', async () => {
  const body =
    '{"order_id":9007199254740993,"user_id":1,"status":"","created_at":"2025-03-30T16:14:26","num_of_item":null}\n' +
    '{"num_of_item":2,"created_at":"2025-03-30T16:14:26Z","order_id":-9223372036854775808,"status":true,"user_id":"7"}\n';
  const rows = await rowsOf('input/orders.ndjson', body);
  expect(rows).toMatchObject([
    { order_id: '9007199254740993', user_id: '1', status: null, num_of_item: null },
    { order_id: '-9223372036854775808', user_id: '7', status: 'true', num_of_item: '2' },
  ]);
});

test('a bad row is listed with its line and its text', async () => {
  const key = 'input/orders.ndjson';
  const good = Array.from({ length: 20 }, (_, at) => json(objectOf(order(at + 1)))).join('');
  await validation.add(
    key,
    `${good}{"order_id":\n\n{"order_id":1,"order_id":2}\n7\n{"order_id":5,"user_id":{"a":1},"created_at":"2025-03-30T16:14:26"}\n`,
  );
  await validation.run();
  expect(validation.of(key)).toMatchObject({ outcome: 'valid', rows: 20, bad_rows: 4 });
  expect(validation.rejectedRows(key)).toEqual([
    {
      line: '21',
      column: '',
      reason: 'expected a JSON object, got invalid JSON: its end is missing',
      row: '{"order_id":',
    },
    {
      line: '23',
      column: 'order_id',
      reason: 'expected one value for each name, got the name twice in one object',
      row: '{"order_id":1,"order_id":2}',
    },
    { line: '24', column: '', reason: 'expected a JSON object, got a number', row: '7' },
    expect.objectContaining({ line: '25', column: 'user_id', reason: 'expected one value, got an object' }),
  ]);
});

const GOOD = json(objectOf(order(1)));

test.each<[string, string | Uint8Array, RegExp, RegExp]>([
  ['orders.ndjson', '', /^the file is empty$/, /send the rows/],
  ['orders.ndjson', '\ufeff \n', /^the file is empty$/, /send the rows/],
  ['orders.json', '[]', /^the file is empty$/, /send the rows/],
  ['orders.ndjson', `${GOOD}{"order_id":1,"us`, /last row, in line 2, is cut off/, /whole file/],
  ['orders.json', `[${GOOD},`, /array of objects is cut off/, /whole file/],
  [
    'orders.json',
    JSON.stringify(objectOf(order(1)), null, 2),
    /no row is a JSON object; line 1/,
    /one JSON object per line/,
  ],
  ['orders.ndjson', orders(3), /no row is a JSON object; line 1/, /one JSON object per line/],
  ['orders.ndjson', json({ order_id: 1, user_id: 2 }), /lacks.*created_at/, /./],
  ['orders.ndjson', GOOD.replace('"user_id"', '"USER-ID":1,"user_id"'), /user_id|USER-ID/, /keep one/],
  ['orders.ndjson', Buffer.from(GOOD, 'utf16le'), /UTF-16/, /./],
  ['orders.ndjson', Buffer.from(`${GOOD}{"a":"\xe9"}`, 'latin1'), /not UTF-8.*line 2/, /UTF-8/],
  ['orders.ndjson', Buffer.from('PAR1xxxxPAR1'), /not a JSON file but a Parquet file/, /./],
])('%s is refused, with the reason and what to do: %#', async (name, body, reason, remedy) => {
  await validation.add(`input/${name}`, body);
  await validation.run();
  expect(validation.of(`input/${name}`).outcome).toBe('invalid');
  const report = validation.reason(`input/${name}`);
  expect(report).toMatchObject({
    reason: expect.stringMatching(reason),
    remedy: expect.stringMatching(remedy),
  });
});
