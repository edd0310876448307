import { catalog, createCatalog } from '../../../catalog/catalog';
import { definitions } from '../../../catalog/definitions';
import { validateResultSchema } from '../../../domain/workflow';
import { ORDERS } from '../../builders/csv';
import { order, Validation } from './validation';

let validation: Validation;
beforeEach(() => {
  validation = new Validation();
});
afterEach(() => validation.close());

const own = createCatalog({
  ...definitions,
  contracts: definitions.contracts.map((contract) =>
    contract.kind === 'orders'
      ? { ...contract, leaveOut: [{ column: 'order_type', values: ['test'] }] }
      : contract,
  ),
});
const REST = { good: ',false,web', deleting: ',true,web', leftOut: ',false,test', bad: ',false,web' };

/** A file with these rows, in this order. */
const file = (...rows: (keyof typeof REST)[]) =>
  `${[
    `${ORDERS},_deleted,order_type`,
    ...rows.map((row, at) => `${row === 'bad' ? order(at).replace(/^\d+/, 'x') : order(at)}${REST[row]}`),
  ].join('\n')}\n`;

test('every row of a file is counted once: as good, bad or left out; good ones that delete their key also as such', async () => {
  const rows = [
    'good',
    'leftOut',
    'deleting',
    'good',
    'leftOut',
    'leftOut',
    'deleting',
    'bad',
    'good',
  ] as const;
  await validation.add('input/orders.csv', file(...rows));
  await validation.add('input/orders_plain.csv', `${ORDERS}\n${order(1)}\n`);
  const { counts } = await validation.run({}, { catalog: own });
  const found = validation.of('input/orders.csv');
  expect(found).toMatchObject({ rows: 5, bad_rows: 1, left_out_rows: 3, deleted_rows: 2 });
  expect(found.rows + found.bad_rows + (found.left_out_rows ?? 0)).toBe(rows.length);
  const plain = validation.of('input/orders_plain.csv');
  expect([plain.rows, plain.left_out_rows, plain.deleted_rows]).toEqual([1, undefined, undefined]);
  expect(counts).toMatchObject({ rows: 6, bad_rows: 1, left_out_rows: 3, deleted_rows: 2 });
});

test('a rejected file has no good rows, and so none that delete', async () => {
  await validation.add('input/orders.csv', file('deleting', 'leftOut', 'bad'));
  const { counts } = await validation.run({}, { catalog: own });
  expect(validation.of('input/orders.csv')).toMatchObject({ outcome: 'invalid', rows: 0, left_out_rows: 1 });
  expect(counts).toMatchObject({ rows: 0, bad_rows: 1, left_out_rows: 1, deleted_rows: 0 });
});

test('a result of an earlier release has none', async () => {
  const { counts, files } = await validation.run({}, { catalog });
  const { left_out_rows: _, deleted_rows: __, ...earlier } = counts;
  const result = { execution_id: 'e', task: 'validate', status: 'succeeded', started_at: '', duration_ms: 1 };
  expect(validateResultSchema.parse({ ...result, counts: earlier, files }).counts).toEqual(counts);
});
