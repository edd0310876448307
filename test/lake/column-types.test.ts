import { createCatalog } from '../../catalog/catalog';
import type { ColumnType, Contract } from '../../domain/contract';
import { filesThatMayHold } from '../../lake/pruning';
import { scan } from '../../lake/scan';
import { readSnapshot } from '../../lake/snapshot';
import { type Cells, mergeRows, openTestLake, type TestLake } from '../builders/test-lake';

let lake: TestLake;
beforeEach(async () => {
  lake = await openTestLake();
});
afterEach(() => lake.close());

const FROM = { _source_key: 'input/x', _source_modified_at: '2025-07-01 00:00:00+00', _source_line: 2 };

/** A kind with a column of each type, and the type of its key. */
function kindWith(key: ColumnType): Contract {
  const column = (name: string, type: ColumnType, required = false) => ({ name, type, required });
  return {
    kind: 'samples',
    key: ['key'],
    partition: { by: 'month', of: 'day' },
    columns: [
      column('key', key, true),
      column('day', 'date'),
      column('a_long', 'int64'),
      column('a_text', 'text'),
      column('an_amount', 'money'),
      column('a_decimal', 'decimal(38,10)'),
      column('a_double', 'double'),
      column('a_boolean', 'boolean'),
      column('a_time', 'timestamp'),
      column('a_json', 'json'),
    ],
  };
}

const tableOf = (contract: Contract) =>
  createCatalog({ contracts: [contract], inputs: [], marts: [] }).stagingTable(contract.kind);

const LOWEST = {
  day: '0001-01-01',
  a_long: '-9223372036854775808',
  a_text: '#1001',
  an_amount: '-99999999999999.9999',
  a_decimal: '-9999999999999999999999999999.9999999999',
  a_double: '-1.7976931348623157e+308',
  a_boolean: 'false',
  a_time: '0001-01-01 00:00:00+00',
  a_json: '{"a":[1,null]}',
};
const HIGHEST = {
  day: '9999-12-31',
  a_long: '9223372036854775807',
  a_text: 'é',
  an_amount: '99999999999999.9999',
  a_decimal: '0.0000000001',
  a_double: '5e-324',
  a_boolean: 'true',
  a_time: '9999-12-31 23:59:59.999999+00',
  a_json: '[]',
};

test('every type is written and read exactly, with bounds in the log', async () => {
  const spec = tableOf({ ...kindWith('text'), partition: { by: 'value', of: 'a_text' } });
  const rows = [
    { key: 'a', ...LOWEST, a_text: null },
    { key: 'b', ...HIGHEST, a_text: null },
    { key: 'c' },
  ].map((row) => ({ ...row, ...FROM }) as Cells);
  await mergeRows(lake, spec, rows);
  const snapshot = await readSnapshot(lake, spec.location);
  await scan(lake, snapshot, spec, 'samples');
  const names = Object.keys(LOWEST).map((name) => `cast(${name} as varchar) as ${name}`);
  expect(await lake.db.rows(`select ${names.join(', ')} from samples order by key`)).toEqual([
    { ...LOWEST, a_text: null },
    { ...HIGHEST, a_text: null },
    Object.fromEntries(Object.keys(LOWEST).map((name) => [name, null])),
  ]);
  const [file] = [...(snapshot?.files.values() ?? [])];
  const { minValues, maxValues, nullCount } = JSON.parse(file?.stats ?? '{}');
  expect([minValues, maxValues]).toMatchObject([
    { day: '0001-01-01', a_double: -1.7976931348623157e308, a_boolean: false, a_json: '[]' },
    { day: '9999-12-31', a_double: 5e-324, a_boolean: true, a_json: '{"a":[1,null]}' },
  ]);
  expect(nullCount).toMatchObject({ key: 0, day: 1, a_double: 1, a_boolean: 1, a_decimal: 1 });
});

test('rows are partitioned by the month of a date, as by the month of an instant', async () => {
  const spec = tableOf(kindWith('int64'));
  await mergeRows(lake, spec, [
    { key: 1, day: '2025-01-31', ...FROM },
    { key: 2, day: '2025-02-01', ...FROM },
    { key: 3, ...FROM },
  ]);
  const partitions = [...((await readSnapshot(lake, spec.location))?.files.values() ?? [])];
  expect(partitions.map(({ partitionValues }) => Object.values(partitionValues).join('-'))).toEqual([
    '2025-01',
    '2025-02',
    '-',
  ]);
});

test.each<[ColumnType, string, string, string]>([
  ['int64', '1', '2', '3'],
  ['text', '#1001', '#1002', '1001'],
  ['text', `${'x'.repeat(40)}1`, `${'x'.repeat(40)}2`, 'y'],
  ['money', '1.0000', '2.5000', '2.5001'],
  ['decimal(20,0)', '12345678901234567890', '12345678901234567891', '0'],
  ['double', '1e-10', '2.5', '1e+20'],
  ['boolean', 'false', 'false', 'true'],
  ['date', '2025-01-01', '2025-12-31', '2026-01-01'],
  ['timestamp', '2025-01-01 00:00:00.000001+00', '2025-01-02 00:00:00+00', '2025-01-03 00:00:00+00'],
])(
  'a key of type %s finds the file of its row, and no other; the greater version wins',
  async (type, low, high, other) => {
    const spec = tableOf(kindWith(type));
    const version = (key: string, a_long: number, line = 2) => ({ key, a_long, ...FROM, _source_line: line });
    await mergeRows(lake, spec, low === high ? [version(low, 1)] : [version(low, 1), version(high, 1)]);
    const files = (await readSnapshot(lake, spec.location))?.files ?? new Map();
    const holding = (key: string) =>
      filesThatMayHold(
        lake,
        spec,
        files,
        `(select cast('${key}' as ${type === 'text' ? 'varchar' : type === 'int64' ? 'bigint' : type === 'money' ? 'decimal(18,4)' : type === 'timestamp' ? 'timestamptz' : type}) as key)`,
      );
    expect(await holding(high)).toHaveLength(1);
    expect(await holding(other)).toHaveLength(0);
    const merged = await mergeRows(lake, spec, [version(high, 2, 3), version(other, 2)]);
    expect(merged).toMatchObject({ inserted: 1, updated: 1, superseded: 0 });
    expect(await mergeRows(lake, spec, [version(high, 0, 1)])).toMatchObject({ superseded: 1 });
  },
);

test('a double that is not a number leaves the file without bounds, so that it is always read', async () => {
  const spec = tableOf(kindWith('text'));
  await mergeRows(lake, spec, [
    { key: 'a', a_double: 'nan', ...FROM },
    { key: 'b', a_double: '1', ...FROM },
  ]);
  const [file] = [...((await readSnapshot(lake, spec.location))?.files.values() ?? [])];
  expect(Object.keys(JSON.parse(file?.stats ?? '{}'))).toEqual(['numRecords', 'nullCount']);
});
