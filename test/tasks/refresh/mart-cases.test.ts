import { readFileSync } from 'node:fs';
import { type CaseRow, parseCaseFile } from '../../../catalog/case-file';
import { createCatalog } from '../../../catalog/catalog';
import { definitions } from '../../../catalog/definitions';
import { packagePath } from '../../../package-path';
import { runCase } from '../../../tasks/refresh/mart-cases';

const catalog = createCatalog(definitions);

const casesOf = (name: string) => {
  const file = parseCaseFile(readFileSync(packagePath('marts', name, 'cases.yaml'), 'utf8'));
  if ('faults' in file) throw new Error(`${name}: ${JSON.stringify(file.faults)}`);
  return file.cases;
};

const all = catalog.marts.flatMap((mart) =>
  casesOf(mart.name).map((one) => [mart.name, one.case, one] as const),
);

test.each(all)(
  '%s: %s',
  async (name, _, one) => {
    expect(await runCase(catalog, catalog.mart(name), one)).toEqual([]);
  },
  60_000,
);

test.each(catalog.marts.map(({ name }) => name))('the cases of %s expect a value of every column', (name) => {
  const { columns, view } = catalog.mart(name);
  const expected = casesOf(name).flatMap((one) =>
    [...(one.rows ?? []), ...(one.view ?? [])].flatMap(Object.keys),
  );
  const missing = [...columns, ...(view?.columns ?? [])].filter((column) => !expected.includes(column.name));
  expect(missing.map((column) => column.name)).toEqual([]);
});

test('what differs is named by row and column', async () => {
  const mart = catalog.mart('inventory_status');
  const given = {
    inventory: [
      { product_id: '1', on_hand: '2', counted_at: '2025-03-01' },
      { product_id: '2', on_hand: '0', counted_at: '2025-03-01' },
    ],
  };
  const rows: CaseRow[] = [{ product_id: '1', on_hand: '3' }, { product_id: '3' }];
  expect(await runCase(catalog, mart, { case: 'x', given, rows })).toEqual([
    'product_id 1: on_hand is 2, expected 3',
    'product_id 3: there is no such row',
    'product_id 2: this row is not expected',
  ]);
}, 60_000);

test.each([
  [{ orderz: [] }, 'orderz is no kind or mart: expected one of'],
  [{ orders: [{ id: '1' }] }, 'id is no column of orders: expected one of order_id'],
  [{ orders: [{ order_id: 'x' }] }, "Could not convert string 'x'"],
])(
  'a case that gives %j is refused',
  async (given, message) => {
    await expect(
      runCase(catalog, catalog.mart('order_days'), { case: 'x', given, rows: [] }),
    ).rejects.toThrow(message);
  },
  60_000,
);
