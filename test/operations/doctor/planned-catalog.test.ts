import { catalog } from '../../../catalog/catalog';
import { plannedCatalog } from '../../../operations/doctor/planned-catalog';

test('a deployment without options is planned with the catalog of this process', () => {
  expect(plannedCatalog({ dashboard: 'false' })).toBe(catalog);
});

test.each([
  { withoutMarts: 'product_sales, inventory_status' },
  { withoutMarts: ['inventory_status', 'product_sales'] },
])('with %j the planned catalog lacks these marts alone', (context) => {
  const names = plannedCatalog(context).marts.map(({ name }) => name);
  const missing = catalog.marts.map(({ name }) => name).filter((name) => !names.includes(name));
  expect(missing.sort()).toEqual(['inventory_status', 'product_sales']);
});

test('marts that cannot be left out are named before anything is deployed', () => {
  expect(() => plannedCatalog({ withoutMarts: 'product_sales' })).toThrow(
    'product_sales is read by inventory_status: leave out inventory_status as well',
  );
});
