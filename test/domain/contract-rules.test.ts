import type { Column, Contract } from '../../domain/contract';
import { contractFaults } from '../../domain/contract-rules';

const contract: Contract = {
  kind: 'stock',
  key: ['sku', 'counted_on'],
  partition: { by: 'month', of: 'counted_on' },
  columns: [
    { name: 'sku', type: 'text', required: true, aliases: ['item number'] },
    { name: 'counted_on', type: 'date', required: true, notation: { dateOrder: 'dmy' } },
    { name: 'pieces', type: 'int64', required: false },
    { name: 'price', type: 'money', required: false },
    { name: 'note', type: 'json', required: false },
  ],
};
const withColumn = (column: Partial<Column> & { name: string }): Contract => ({
  ...contract,
  columns: [...contract.columns, { type: 'text', required: false, ...column }],
});
const faultsOf = (changed: Contract) =>
  contractFaults(changed).map(({ path, message }) => `${path.join('.')}: ${message}`);

test('a contract whose parts agree has no fault', () => {
  expect(contractFaults({ ...contract, version: 'pieces' })).toEqual([]);
  expect(contractFaults({ ...contract, quantity: { column: 'pieces', of: 'price', price: 'unit' } })).toEqual(
    [],
  );
});

test.each<[string, Contract, string]>([
  ['a key without columns', { ...contract, key: [] }, 'key: the key must have a column'],
  ['a key that is no column', { ...contract, key: ['id'] }, 'key.0: id is not a column'],
  [
    'a column that is in the key twice',
    { ...contract, key: ['sku', 'sku'] },
    'key.1: sku is in the key twice',
  ],
  [
    'a key column that may be empty',
    { ...contract, key: ['pieces'] },
    'columns.pieces: the key pieces must be a required column: add "required: true"',
  ],
  [
    'a partition by month of a text',
    { ...contract, partition: { by: 'month', of: 'sku' } },
    'partition.of: the partition column sku must have the type timestamp or date, and is text',
  ],
  [
    'a partition by value of a number',
    { ...contract, partition: { by: 'value', of: 'pieces' } },
    'partition.of: the partition column pieces must have the type text, and is int64',
  ],
  [
    'a partition by day of a column that may be empty',
    {
      ...withColumn({ name: 'sold_at', type: 'timestamp' }),
      partition: { by: 'day', of: 'sold_at' },
    },
    'columns.sold_at: a key is looked up in its day, so sold_at must be a required column: add "required: true"',
  ],
  [
    'an uncertain day that is no column',
    { ...contract, partition: { by: 'day', of: 'counted_on', uncertain: 'is_guess' } },
    'partition.uncertain: is_guess is not a column',
  ],
  [
    'an uncertain day that is neither true nor false',
    { ...contract, partition: { by: 'day', of: 'counted_on', uncertain: 'pieces' } },
    'partition.uncertain: pieces must have the type boolean, and is int64',
  ],
  [
    'an uncertain month',
    {
      ...withColumn({ name: 'is_guess', type: 'boolean' }),
      partition: { by: 'month', of: 'counted_on', uncertain: 'is_guess' },
    },
    'partition.uncertain: only the partition by day looks keys up by day',
  ],
  [
    'the name of the partition column of days',
    { ...withColumn({ name: 'day' }), partition: { by: 'day', of: 'counted_on' } },
    'columns.day: the partition by day has a column day',
  ],
  [
    'a revision that is no column',
    { ...contract, revision: 'rules' },
    'revision: the revision rules is not a column',
  ],
  [
    'a history of rows that are made from events',
    {
      ...contract,
      history: true,
      events: { items: 'items', names: {}, containers: [], lists: [], product: {} },
    },
    'history: history does not apply to a kind whose rows are made from events',
  ],
  [
    'a version that is no column',
    { ...contract, version: 'updated_at' },
    'version: the version updated_at is not a column',
  ],
  [
    'a version without an order',
    { ...contract, version: 'note' },
    'version: note must have another type than json',
  ],
  [
    'a quantity that is no number',
    { ...contract, quantity: { column: 'sku', of: 'price', price: 'unit' } },
    'quantity.column: sku must have the type int64, and is text',
  ],
  [
    'the price of a quantity that is no column',
    { ...contract, quantity: { column: 'pieces', of: 'cost', price: 'unit' } },
    'quantity.of: cost is not a column',
  ],
  [
    'an alias with the letters of another column',
    withColumn({ name: 'number', aliases: ['Item-Number'] }),
    'columns.number.aliases.0: Item-Number is also a name of the column sku',
  ],
  [
    'the name of a partition column',
    withColumn({ name: 'year' }),
    'columns.year: the partition by month has a column year',
  ],
  ['a column defined twice', withColumn({ name: 'sku' }), 'columns.sku: the column sku is defined twice'],
  [
    'a reserved name',
    withColumn({ name: '_extra' }),
    'columns._extra: the column _extra has a reserved name',
  ],
  ['an invalid name', withColumn({ name: 'Größe' }), 'columns.Größe: "Größe" is not a valid column name'],
  ['a key that cannot be compared', { ...contract, key: ['note'] }, 'key.0: note must have another type'],
  [
    'a column to pseudonymize that is no text',
    withColumn({ name: 'customer', type: 'int64', pseudonymize: true }),
    'columns.customer.pseudonymize: a pseudonym is text, and customer is int64: declare "type: text"',
  ],
  [
    'a version that is pseudonymized',
    { ...withColumn({ name: 'customer', pseudonymize: true }), version: 'customer' },
    'version: customer must not be pseudonymized',
  ],
  [
    'a decimal with too many digits',
    withColumn({ name: 'share', type: 'decimal(40,2)' }),
    'columns.share.type: a decimal has at most 38 digits',
  ],
  [
    'a decimal with more decimals than digits',
    withColumn({ name: 'share', type: 'decimal(4,5)' }),
    'columns.share.type: a decimal has at most 38 digits',
  ],
  [
    'the notation of another type',
    withColumn({ name: 'city', notation: { dateOrder: 'dmy' } }),
    'columns.city.notation.dateOrder: dateOrder says how times and dates are written, and city is text',
  ],
  [
    'two meanings of a number as a time',
    { ...contract, notation: { epoch: 'seconds', excelSerial: 1900 } },
    'notation.excelSerial: a number is either',
  ],
])('the fault of %s is named', (_, changed, fault) => {
  expect(faultsOf(changed)).toEqual([expect.stringContaining(fault)]);
});

test('every fault is named', () => {
  expect(faultsOf({ ...contract, key: [], version: 'x' })).toHaveLength(2);
});
