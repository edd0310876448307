import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { catalog } from '../../catalog/catalog';
import { parseContractFile } from '../../catalog/contract-file';
import { packagePath } from '../../package-path';
import { daybookHere } from './run-daybook';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'daybook-contract-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, ...lines: string[]) => {
  const file = path.join(folder, name);
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
};
const ORDERS = 'order_id;user_id;created_at;num_of_item;note';

describe('daybook contract check', () => {
  test('shows the kind and the rows of a good file as typed, exit code 0', async () => {
    const file = write('orders.csv', ORDERS, '1;7;2025-03-01T10:00:00.5+02:00;2;x');
    const { code, stdout, stderr } = await daybookHere(['contract', 'check', file]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /^orders\.csv {2}\d+ B {2}accepted\n {2}CSV, UTF-8, delimiter semicolon, header in line 1\n {2}kind orders\n {2}1 row, 0 bad\n/,
    );
    expect(stdout).toMatch(
      /ignored columns: note\n {2}missing columns, read as no value: status, returned_at,/,
    );
    expect(stdout).toMatch(/order_id int64 +user_id int64 .*\n {2}1 +7 +2025-03-01 08:00:00\.5\+00 +.* 2\n/);
  });

  test('shows what would be rejected with reason and remedy, exit code 1', async () => {
    const bad = write(
      'orders.csv',
      ORDERS,
      '1;7;2025-03-01T10:00:00;2;',
      '2;;2025-03-01;1;',
      '3;7;01.02.2025;1;',
    );
    const unknown = write('export.csv', 'a,b', '1,2');
    const { code, stdout } = await daybookHere(['contract', 'check', bad, unknown, '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject([
      {
        name: 'orders.csv',
        outcome: 'rejected',
        kind: 'orders',
        bad_rows: 2,
        form: { format: 'csv', compression: 'none', encoding: 'utf-8', delimiter: ';', header_line: 1 },
        reason: {
          reason: expect.stringMatching(/^2 of 3 rows are bad/),
          remedy: expect.stringMatching(/dateOrder/),
        },
        tables: [],
        first_bad_rows: [
          { line: 3, column: 'user_id', reason: 'expected a value, got none', row: '2;;2025-03-01;1;' },
          { line: 4, column: 'created_at' },
        ],
      },
      {
        name: 'export.csv',
        outcome: 'rejected',
        kind: null,
        reason: { reason: expect.stringMatching(/^the kind of file is unknown/) },
      },
    ]);
  });

  test('exit code 1 also if only rows of an accepted file are bad', async () => {
    const rows = Array.from({ length: 9 }, (_, at) => `${at};7;2025-03-01T10:00:00;2;`);
    const file = write('orders.csv', ORDERS, ...rows, '10;7;never;1;');
    const { code, stdout } = await daybookHere(['contract', 'check', file]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/accepted\n.*\n {2}kind orders\n {2}9 rows, 1 bad\n/);
    expect(stdout).toMatch(/line +column +bad row\n +11 +created_at +expected a date/);
    expect((await daybookHere(['contract', 'check', file, '--max-bad-row-share', '0'])).stdout).toMatch(
      /rejected/,
    );
  });

  test('a contract that is named applies to a file of any name', async () => {
    const file = write('export.csv', ORDERS, '1;7;2025-03-01T10:00:00;2;');
    const named = await daybookHere(['contract', 'check', file, '--contract', 'products']);
    expect(named.stdout).toMatch(/the header lacks 1 column of products: id/);
    expect((await daybookHere(['contract', 'check', file, '--contract', 'orders'])).code).toBe(0);
    const unknown = await daybookHere(['contract', 'check', file, '--contract', 'parcels']);
    expect(unknown).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/there is no contract "parcels"/),
    });
  });

  test('times without a time of day are in the time zone that is given', async () => {
    const file = write('orders.csv', ORDERS, '1;7;2025-03-01;2;');
    const { stdout } = await daybookHere(['contract', 'check', file, '--time-zone', 'Europe/Berlin']);
    expect(stdout).toMatch(/2025-02-28 23:00:00\+00/);
  });

  test.each([
    [['--time-zone', 'Berlin'], /Expected an IANA time zone/],
    [['--currency', 'euro'], /Expected an ISO 4217 code/],
    [['--max-bad-row-share', '2'], /Expected a share from 0 to 1/],
  ])('wrong usage %j: exit code 2', async (options, message) => {
    const { code, stderr } = await daybookHere(['contract', 'check', 'x.csv', ...options]);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });

  test('says the same of the fixtures as a pipeline does', async () => {
    const expected: {
      files: { path: string; outcome: string; kind?: string; rows?: number; bad_rows?: number }[];
    } = jest.requireActual('../../fixtures/days/expected.json');
    const paths = expected.files.map((file) => packagePath('fixtures', 'days', file.path));
    const { stdout } = await daybookHere(['contract', 'check', ...paths, '--json']);
    const checks: { outcome: string; kind: string; rows: number; bad_rows: number }[] = JSON.parse(stdout);
    expect(checks.map(({ outcome }) => outcome === 'accepted')).toEqual(
      expected.files.map(({ outcome }) => outcome === 'valid'),
    );
    const valid = (_: unknown, at: number) => expected.files[at]?.outcome === 'valid';
    expect(checks.filter(valid).map(({ kind, rows, bad_rows }) => ({ kind, rows, bad_rows }))).toEqual(
      expected.files.filter(valid).map(({ kind, rows, bad_rows }) => ({ kind, rows, bad_rows })),
    );
  });
});

describe('daybook contract list and show', () => {
  test('list has every kind with key, file and hash', async () => {
    const { stdout } = await daybookHere(['contract', 'list', '--json']);
    const { hash, contracts } = JSON.parse(stdout);
    expect(hash).toBe(catalog.contractsHash);
    expect(contracts.map(({ name }: { name: string }) => name)).toEqual(catalog.kinds);
    expect(contracts[0]).toMatchObject({
      key: ['currency', 'rate_date'],
      columns: 3,
      file: 'contracts/currency_rates.yaml',
      hash: expect.stringMatching(/^[0-9a-f]{12}$/),
    });
    expect((await daybookHere(['contract', 'list'])).stdout).toMatch(
      new RegExp(`orders +order_id +9 .*\n.*\n\n +hash of all: ${hash}\n$`),
    );
  });

  test.each(catalog.kinds)('the YAML that is shown of %s is a contract that says the same', async (kind) => {
    const { stdout } = await daybookHere(['contract', 'show', kind]);
    const file = parseContractFile(stdout);
    expect(file).toMatchObject({ form: 'kind' });
    const { columns, ...contract } = catalog.contract(kind);
    expect(parse(stdout)).toMatchObject({
      ...contract,
      columns: { [columns[0]?.name ?? '']: { type: columns[0]?.type } },
    });
    const json = await daybookHere(['contract', 'show', kind, '--json']);
    expect(JSON.parse(json.stdout)).toEqual(parse(stdout));
  });

  test('an unknown kind is named with the known ones', async () => {
    expect(await daybookHere(['contract', 'show', 'parcels'])).toMatchObject({
      code: 1,
      stderr: `daybook: there is no contract "parcels": expected one of ${catalog.kinds.join(', ')}\n`,
    });
  });
});
