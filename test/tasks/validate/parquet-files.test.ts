import { parquetOf } from '../../builders/parquet';
import { Validation } from './validation';

let validation: Validation;
beforeEach(() => {
  validation = new Validation();
});
afterEach(() => validation.close());

const KEY = 'input/orders.parquet';
const AT = "timestamp '2025-03-30 16:14:26'";

async function validate(body: Buffer | string, key = KEY) {
  await validation.add(key, body);
  await validation.run();
  return validation.of(key);
}

test('a file gives typed rows with the numbers of its rows', async () => {
  const query = `select i + 1 as order_id, 7::bigint as user_id, 'delivered' as status, ${AT} as created_at, 1.0::double as num_of_item, 'x' as extra from range(3) t(i)`;
  expect(await validate(await parquetOf(query))).toMatchObject({
    outcome: 'valid',
    kind: 'orders',
    rows: 3,
    extra_columns: ['extra'],
  });
  const rows = (await validation.rows(KEY)).toSorted(
    (a, b) => Number(a._source_line) - Number(b._source_line),
  );
  expect(rows).toHaveLength(3);
  expect(rows[1]).toMatchObject({
    order_id: '2',
    user_id: '7',
    status: 'delivered',
    created_at: '2025-03-30 16:14:26+00',
    num_of_item: '1',
    shipped_at: null,
    _source_line: '2',
  });
});

test('a bad row is listed with its number and as JSON', async () => {
  const query = `select if(i = 4, -1.5, i)::double as order_id, if(i = 6, null, 7) as user_id, ${AT} as created_at from range(20) t(i)`;
  expect(await validate(await parquetOf(query))).toMatchObject({ outcome: 'valid', rows: 18, bad_rows: 2 });
  expect(validation.rejectedRows(KEY)).toEqual([
    {
      line: '5',
      column: 'order_id',
      reason: 'expected a whole number, got "-1.5"',
      row: '{"order_id":-1.5,"user_id":7,"created_at":"2025-03-30 16:14:26"}',
    },
    {
      line: '7',
      column: 'user_id',
      reason: 'expected a value, got none',
      row: '{"order_id":6,"user_id":null,"created_at":"2025-03-30 16:14:26"}',
    },
  ]);
});

const good = () => parquetOf(`select 1 as order_id, 7 as user_id, ${AT} as created_at from range(999)`);

const zeroed = (body: Buffer, from: number, to: number) => Buffer.from(body).fill(0, from, to);

test.each<[string, () => Promise<Buffer | string>, RegExp, RegExp]>([
  ['an empty file', async () => '', /^the file is empty$/, /./],
  ['text', async () => 'order_id,user_id\n', /not a Parquet file/, /\.csv/],
  ['a truncated file', async () => (await good()).subarray(0, -20), /truncated/, /whole file/],
  [
    'an encrypted file',
    async () => Buffer.concat([(await good()).subarray(0, -4), Buffer.from('PARE')]),
    /encrypted/,
    /without encryption/,
  ],
  [
    'a corrupt footer',
    async () => {
      const body = await good();
      return zeroed(body, body.length - 200, body.length - 100);
    },
    /corrupt/,
    /again/,
  ],
  ['corrupt pages', async () => zeroed(await good(), 8, 60), /corrupt/, /again/],
  [
    'a column twice',
    () => parquetOf(`select 1 as order_id, 7 as user_id, ${AT} as created_at, ${AT} as "Created At"`),
    /created_at/,
    /keep one/,
  ],
  ['a missing column', () => parquetOf('select 1 as order_id, 7 as user_id'), /lacks.*created_at/, /./],
  [
    'a column with the name of the row number',
    () => parquetOf(`select 1 as order_id, 7 as user_id, ${AT} as created_at, 1 as file_row_number`),
    /file_row_number/,
    /another name/,
  ],
])('%s is refused, with the reason and what to do', async (_, body, reason, remedy) => {
  expect(await validate(await body())).toMatchObject({ outcome: 'invalid' });
  expect(validation.reason(KEY)).toMatchObject({
    reason: expect.stringMatching(reason),
    remedy: expect.stringMatching(remedy),
  });
  expect(JSON.stringify(validation.reason(KEY))).not.toContain(validation.workDirectory);
});

test('a file that decompresses to more than the limit is refused', async () => {
  await validation.add(KEY, await good());
  await validation.run({ MAX_UNPACKED_BYTES: 100 });
  expect(validation.reason(KEY).reason).toMatch(/decompresses to more than 100 bytes/);
});
