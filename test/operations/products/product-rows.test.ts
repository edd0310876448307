import { type Catalog, catalog, createCatalog } from '../../../catalog/catalog';
import { definitions } from '../../../catalog/definitions';
import { inventoryRows } from '../../../operations/inventory/inventory-rows';
import { productRows } from '../../../operations/products/product-rows';

const DAYS = { from: '2025-03-01', to: '2025-03-31' };
const EVENT_MARTS = [
  ...['purchases', 'transactions', 'sessions', 'session_items', 'funnel_kpis', 'traffic_kpis'],
  ...['product_engagement', 'list_engagement'],
];
const without = (...names: string[]): Catalog =>
  createCatalog({ ...definitions, marts: definitions.marts.filter(({ name }) => !names.includes(name)) });
const readsOf = (of: Catalog) => productRows(of, DAYS).reads.map(({ name }) => name);

test('products are of sales, engagement, stock and names, of marts that the deployment has', () => {
  expect(readsOf(catalog)).toEqual(['product_sales', 'product_engagement', 'inventory_status', 'products']);
  expect(readsOf(without(...EVENT_MARTS))).toEqual(['product_sales', 'inventory_status', 'products']);
  expect(readsOf(without('product_sales', 'inventory_status'))).toEqual(['product_engagement', 'products']);
});

test('the days are bound, and identify the rows', () => {
  const { id, bound, sql } = productRows(catalog, DAYS);
  expect(id).toBe('products 2025-03-01 2025-03-31');
  expect(bound).toEqual(DAYS);
  expect(sql).not.toContain('2025');
});

test('there is no inventory without its mart', () => {
  expect(inventoryRows(without('inventory_status'))).toBeUndefined();
});
