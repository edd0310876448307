import { kpiItems, kpiWrites } from '../../cost/kpi-writes';

const TABLES = [
  { name: 'dev-OrderKPIs', indexes: 0 },
  { name: 'dev-CategoryKPIs', indexes: 1 },
  { name: 'dev-ProductSales', indexes: 1 },
  { name: 'dev-CustomerValue', indexes: 0 },
  { name: 'dev-InventoryStatus', indexes: 0 },
  { name: 'dev-FileLedger', indexes: 1 },
];

test('a batch writes the items of the marts that it changes, and those of their indexes', () => {
  const quantities = kpiWrites(4000, TABLES).map(({ quantity }) => Math.round(quantity));
  // 1,000 orders with 3,000 items, of which some are of the same product and day.
  expect(quantities).toEqual([3, 2 * 3 * 26, Math.round(2 * 3000 * (1 - 1 / Math.E)), 1000]);
});

test('a mart that no table serves costs no writes', () => {
  expect(kpiWrites(4000, TABLES.slice(0, 1))).toHaveLength(1);
});

test('the tables grow with days, products and customers', () => {
  expect(kpiItems(30_000, 360, TABLES)).toBeGreaterThan(360 * 1000);
  expect(kpiItems(0, 10, TABLES)).toBe(10 * 53);
  // Two days of the first table alone.
  expect(kpiItems(30_000, 2, TABLES.slice(0, 1))).toBe(2);
});
