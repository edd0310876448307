import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Contract, Notation } from '../../domain/contract';
import { inspectFile } from '../../formats/inspect-file';
import { parquetOf } from '../builders/parquet';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'daybook-plain-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const contractOf = (notation: Notation = {}): Contract => ({
  kind: 'things',
  key: ['id'],
  partition: { by: 'value', of: 'name' },
  columns: [
    { name: 'id', type: 'int64', required: true },
    { name: 'name', type: 'text', required: false },
    { name: 'price', type: 'money', required: false },
    { name: 'tags', type: 'json', required: false },
  ],
  notation,
});

async function plainOf(name: string, body: Buffer | string, notation: Notation = {}) {
  const file = path.join(directory, name);
  writeFileSync(file, body);
  const size = Buffer.byteLength(body);
  const local = { key: `input/${name}`, uploadedAt: '2025-01-01T00:00:00Z', path: file, size };
  const rules = { contracts: [contractOf(notation)], maxUnpackedBytes: 1e9, maxUnpackedRatio: 200 };
  const inspection = await inspectFile(local, rules);
  if ('fault' in inspection) throw new Error(inspection.fault.reason);
  return inspection.file.plain;
}

test.each([
  ['objects', '{"id":1,"name":"x","price":12.50}\n{"price":null,"id":"2"}\n', true],
  ['CR LF and no line end at the end', '{"id":1}\r\n{"id":2}', true],
  ['an object in a column that no rule uses', '{"id":1,"other":{"a":[1.10]}}\n', true],
  ['a number with a point in a text', '{"id":1,"name":12.50}\n', false],
  ['a whole number in a text', '{"id":1,"name":12}\n', true],
  ['minus zero in a text', '{"id":1,"name":-0}\n', false],
  ['an exponent', '{"id":1,"price":1e3}\n', false],
  ['a number of more than 15 digits', '{"id":1,"price":0.1234567890123456}\n', false],
  ['an object in a text', '{"id":1,"name":{"a":1}}\n', false],
  ['JSON', '{"id":1,"tags":[1.10]}\n', false],
  ['a blank line', '{"id":1}\n\n{"id":2}\n', false],
  ['a blank line at the start', '\n{"id":1}\n', false],
  ['a bad line', '{"id":1}\n{"id":\n{"id":2}\n', false],
  ['an array', '[{"id":1}]', false],
])('DuckDB reads NDJSON only where it gives the same rows: %s', async (_, text, isPlain) => {
  expect((await plainOf('things.ndjson', text)) !== undefined).toBe(isPlain);
});

test('a declared decimal comma is not that of a number', async () => {
  const numbers = '{"id":1,"price":12.50}\n';
  expect(await plainOf('things.ndjson', numbers, { decimal: ',' })).toBeUndefined();
  expect(await plainOf('things.ndjson', '{"id":1,"price":"12,50"}\n', { decimal: ',' })).toBeDefined();
  const parquet = await parquetOf('select 1 as id, 12.50::decimal(10,2) as price');
  expect(await plainOf('things.parquet', parquet)).toBeDefined();
  expect(await plainOf('things.parquet', parquet, { decimal: ',' })).toBeUndefined();
});

test.each([
  ['1 as id', true],
  ["1 as id, 'x' as name, 1.5::double as price, [1] as other", true],
  ['1 as id, [1] as tags', false],
  ["1 as id, 'x'::blob as name", false],
])('DuckDB reads Parquet only where every value is one text: %s', async (columns, isPlain) => {
  const plain = await plainOf('things.parquet', await parquetOf(`select ${columns} from range(3)`));
  expect(plain !== undefined).toBe(isPlain);
  if (plain) expect(plain).toMatchObject({ rows: 3, firstLine: 1 });
});
