import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ColumnType, Contract, Notation } from '../../../domain/contract';
import type { InputRow } from '../../../formats/input-file';
import { inspectFile } from '../../../formats/inspect-file';
import { parquetOf } from '../../builders/parquet';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'daybook-read-parquet-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const contractOf = (type: ColumnType, notation: Notation = {}): Contract => ({
  kind: 'things',
  key: ['id'],
  partition: { by: 'month', of: 'at' },
  columns: [
    { name: 'id', type: 'int64', required: true },
    { name: 'value', type, required: false },
  ],
  notation,
});

async function read(body: Buffer, contract: Contract): Promise<InputRow[]> {
  const file = path.join(directory, 'things.parquet');
  writeFileSync(file, body);
  const local = {
    key: 'input/things.parquet',
    uploadedAt: '2025-01-01T00:00:00Z',
    path: file,
    size: body.length,
  };
  const rules = { contracts: [contract], maxUnpackedBytes: 1e9, maxUnpackedRatio: 200 };
  const inspection = await inspectFile(local, rules);
  if ('fault' in inspection) throw new Error(inspection.fault.reason);
  const rows: InputRow[] = [];
  const fault = await inspection.file.readRows((batch) => {
    rows.push(...batch.map((row) => ({ ...row, raw: row.raw.toString() })));
  });
  expect(fault).toBeUndefined();
  expect(existsSync(`${file}.duckdb`)).toBe(false);
  return rows;
}

const value = async (expression: string, type: ColumnType = 'text', notation: Notation = {}) => {
  const [row] = await read(
    await parquetOf(`select 1 as id, ${expression} as value`),
    contractOf(type, notation),
  );
  return row;
};

test.each([
  ['9223372036854775807::bigint', '9223372036854775807'],
  ['18446744073709551615::ubigint', '18446744073709551615'],
  ['-7::tinyint', '-7'],
  ['12.50::decimal(10,2)', '12.50'],
  ['1234567890123456789012345678.0123456789::decimal(38,10)', '1234567890123456789012345678.0123456789'],
  ['12.5::double', '12.5'],
  ['100::double', '100'],
  ['-0.0::double', '0'],
  ['0.1::float', '0.1'],
  ['16777216::float', '16777216e0'],
  ['1e-7::double', '0.0000001'],
  ['-1.25e-10::double', '-0.000000000125'],
  ['9007199254740991::double', '9007199254740991'],
  ['9007199254740993::double', '9007199254740992e0'],
  ['1e22::double', '1e+22'],
  ["'nan'::double", ''],
  ["'infinity'::double", 'inf'],
  ['true', 'true'],
  ["date '2025-01-02'", '2025-01-02'],
  ["timestamp '2025-01-02 03:04:05.123456'", '2025-01-02 03:04:05.123456'],
  ["timestamp '2025-01-02'", '2025-01-02 00:00:00'],
  ["timestamp_ns '2025-01-02 03:04:05.123456789'", '2025-01-02 03:04:05.123456789'],
  ["timestamp_ms '2025-01-02 03:04:05.123'", '2025-01-02 03:04:05.123'],
  ["timestamptz '2025-01-02 03:04:05.123456+02'", '2025-01-02 01:04:05.123456Z'],
  ["'é\n\"x'", 'é\n"x'],
  ["''", ''],
  ["'caf\\xC3\\xA9'::blob", 'café'],
  ["uuid '00b2c036-5ee7-46fb-8dff-a61f384ccd6d'", '00b2c036-5ee7-46fb-8dff-a61f384ccd6d'],
  ['null::integer', ''],
])('%s is %j', async (expression, text) => {
  const row = await value(expression);
  expect(row).toMatchObject({ cells: ['1', text], line: 1 });
  expect(row?.fault).toBeUndefined();
});

test('lists and structs are JSON in a json column, and bad rows in others', async () => {
  const [nested, list] = ["{'a': 1, 'b': ['x', null]}", '[1, 2]'];
  expect(await value(nested, 'json')).toMatchObject({ cells: ['1', '{"a":1,"b":["x",null]}'] });
  expect(await value(`map {'k': 1}`, 'json')).toMatchObject({ cells: ['1', '{"k":1}'] });
  expect((await value(list))?.fault).toMatchObject({
    column: 'value',
    reason: 'expected one value, got a list',
  });
  expect((await value(nested))?.fault).toMatchObject({ reason: 'expected one value, got several fields' });
  expect((await value('null::integer[]'))?.fault).toBeUndefined();
});

test('bytes that are not text are a bad row', async () => {
  expect((await value("'\\xE9'::blob"))?.fault).toMatchObject({
    column: 'value',
    reason: expect.stringContaining('not UTF-8'),
  });
});

test('a number has a decimal comma where the column declares it', async () => {
  expect(await value('1.234::decimal(10,3)', 'money', { decimal: ',' })).toMatchObject({
    cells: ['1', '1,234'],
  });
  expect(await value("'1.234'", 'money', { decimal: ',' })).toMatchObject({ cells: ['1', '1.234'] });
});

test('rows have numbers in the order of the file, and are JSON objects', async () => {
  const rows = await read(
    await parquetOf(
      "select 5000 - i as id, 'x' || i as value, i * 0.5 as other, null as nothing, [i] as list from range(5000) t(i)",
    ),
    contractOf('text'),
  );
  expect(rows.map(({ line }) => line)).toEqual(Array.from({ length: 5000 }, (_, at) => at + 1));
  expect(rows.at(2)).toMatchObject({ cells: ['4998', 'x2', '1.0', '', '[2]'] });
  expect(rows.at(2)?.raw).toBe('{"id":4998,"value":"x2","other":1.0,"nothing":null,"list":[2]}');
});
