import { ORDER_ITEMS } from '../../builders/csv';
import { Validation } from './validation';

let validation: Validation;
beforeEach(() => {
  validation = new Validation();
});
afterEach(() => validation.close());

const item = (id: number, price: string) => `${id};1;2;3;Complete;2025-04-01T10:00:00;;;;${price}`;
const items = (...prices: string[]) =>
  [ORDER_ITEMS.replaceAll(',', ';'), ...prices.map((price, at) => item(at + 1, price))].join('\n');

/** Enough rows in one notation that the other ones are a small share. */
const MANY = Array.from({ length: 30 }, () => '12.50');

test('amounts with decimal commas are loaded, also beside whole amounts', async () => {
  await validation.add('input/order_items.csv', items('12,50', '1.234,50', '7', '1\u202f234,50'));
  await validation.run();
  expect(validation.of('input/order_items.csv')).toMatchObject({ outcome: 'valid', bad_rows: 0 });
  const rows = await validation.rows('input/order_items.csv');
  expect(rows.map((row) => row.sale_price)).toEqual(['12.5000', '1234.5000', '7.0000', '1234.5000']);
});

test.each([
  ['in plain lines', items(...MANY, '12,50')],
  ['in a quoted cell', items(...MANY, '"12,50"')],
  ['before the others', items('12,50', ...MANY)],
])('a file with decimal points and a decimal comma is rejected (%s)', async (_, text) => {
  await validation.add('input/order_items.csv', text);
  await validation.add('input/order_items-2.csv', items(...MANY));
  await validation.run();
  expect(validation.of('input/order_items.csv')).toMatchObject({
    outcome: 'invalid',
    kind: 'order_items',
    rows: 0,
    reason: expect.stringMatching(
      /^the column sale_price mixes decimal points and decimal commas: "12.50" in line \d+ and "12,50" in line \d+; add "notation: |: "12,50" in line 2 and "12.50" in line 3; add/,
    ),
  });
  expect(validation.of('input/order_items-2.csv')).toMatchObject({ outcome: 'valid', rows: MANY.length });
});

test('a file whose rows all lack one declaration is rejected with the line to add', async () => {
  await validation.add('input/order_items.csv', items('1,234', '2,500'));
  await validation.run();
  expect(validation.reason('input/order_items.csv')).toMatchObject({
    reason: expect.stringContaining('sale_price: expected an amount with only one reading (2 rows'),
    remedy: expect.stringMatching(
      /^add "notation: \{ decimal: '\.' \}" \(or ','\) to the column sale_price in the contract of order_items; or fix/,
    ),
  });
});

test('ids with leading zeros are refused wherever DuckDB could read them', async () => {
  const ids = [...MANY.map((_, at) => at + 100), '007'].map((id) => `${id};1;2;3;x;2025-04-01T10:00:00;;;;1`);
  await validation.add('input/order_items.csv', [ORDER_ITEMS.replaceAll(',', ';'), ...ids].join('\n'));
  await validation.run();
  expect(validation.of('input/order_items.csv')).toMatchObject({ rows: MANY.length, bad_rows: 1 });
  expect(validation.rejectedRows('input/order_items.csv')).toMatchObject([
    {
      column: 'id',
      reason:
        'expected an id without leading zeros, got "007"; add "type: text" to the column id in the contract of order_items, ' +
        'or add "notation: { leadingZeros: drop }" to the column id in the contract of order_items',
    },
  ]);
});

test('dates and currencies are read with the settings of the deployment', async () => {
  const item = (price: string, at: string) => `1;1;2;3;Complete;${at};;;;${price}`;
  const header = ORDER_ITEMS.replaceAll(',', ';');
  await validation.add('input/order_items.csv', [header, item('12,50 €', '2025-05-09')].join('\n'));
  await validation.add('input/order_items-2.csv', [header, item('$12.50', '2025-05-09')].join('\n'));
  await validation.run({ REPORTING_TIME_ZONE: 'Europe/Berlin', CURRENCY: 'EUR' });
  expect(await validation.rows('input/order_items.csv')).toMatchObject([
    { sale_price: '12.5000', created_at: '2025-05-08 22:00:00+00' },
  ]);
  expect(validation.of('input/order_items-2.csv')).toMatchObject({
    outcome: 'invalid',
    reason: expect.stringContaining('sale_price: expected an amount in EUR'),
  });
});
