import { ORDERS } from '../builders/csv';
import { order, Validation } from '../tasks/validate/validation';

let validation: Validation;
beforeEach(() => {
  validation = new Validation();
});
afterEach(() => validation.close());

/** What grows with their square would take minutes. */
const COLUMNS = 300_000;

test('a header of very many columns is read and listed in part, and a row that does not fit under it is bad', async () => {
  const extra = Array.from({ length: COLUMNS }, (_, at) => `c${at}`).join(',');
  await validation.add('input/orders.csv', `${ORDERS},${extra}\n${order(1)}\n`);
  await validation.run({ MAX_BAD_ROW_SHARE: 1 });
  const { extra_columns, ...found } = validation.of('input/orders.csv');
  expect(found).toMatchObject({ outcome: 'valid', rows: 0, bad_rows: 1 });
  expect(extra_columns).toHaveLength(51);
  expect(extra_columns.at(-1)).toBe(`… and ${COLUMNS - 50} more`);
});

test('a header of SQL is a header of extra columns', async () => {
  const sql = [`"); drop table typed_rows; --"`, "'; select 1; --", '$files', '{table}', '"a""b"'];
  await validation.add('input/orders.csv', `${ORDERS},${sql.join(',')}\n${order(1)},,,,,\n`);
  await validation.run();
  expect(validation.of('input/orders.csv')).toMatchObject({
    outcome: 'valid',
    rows: 1,
    extra_columns: ['); drop table typed_rows; --', "'; select 1; --", '$files', '{table}', 'a"b'],
  });
});

test('a key of a thousand folders keeps its file apart from one of as many', async () => {
  const deep = (last: string) => `input/${'d/'.repeat(500)}${last}/o.csv`;
  for (const last of ['a', 'b']) await validation.add(deep(last), `${ORDERS}\n${order(1)}\n`);
  await validation.run();
  const destinations = ['a', 'b'].map((last) => validation.of(deep(last)).destination ?? '');
  expect(new Set(destinations).size).toBe(2);
  for (const destination of destinations) expect(Buffer.byteLength(destination)).toBeLessThanOrEqual(1024);
});
