import { createCatalog } from '../../catalog/catalog';
import { definitions } from '../../catalog/definitions';
import { deploymentMarts, eventMarts } from '../../catalog/deployment-marts';
import { INCLUDED } from '../../catalog/included-contracts';
import { INCLUDED_MARTS } from '../../catalog/included-marts';

const without = (...withoutMarts: string[]) =>
  deploymentMarts({ marts: [], withoutMarts }, INCLUDED.contracts);
const names = (marts: readonly { name: string }[]) => marts.map(({ name }) => name);

test('without options the marts are the included ones', () => {
  expect(without()).toEqual(INCLUDED_MARTS);
});

test('a mart is left out together with those that read it, and nothing of it is in the catalog', () => {
  const { marts, folders } = without('product_sales', 'inventory_status');
  const kept = names(INCLUDED_MARTS.marts).filter(
    (name) => name !== 'product_sales' && name !== 'inventory_status',
  );
  expect(names(marts)).toEqual(kept);
  expect(Object.keys(folders)).toEqual(kept);
  const catalog = createCatalog({ ...definitions, marts });
  expect(names(catalog.tables)).not.toContain('product_sales');
  expect(names(catalog.served)).not.toContain('product_sales');
  expect(catalog.martsHash).not.toBe(createCatalog({ ...definitions, ...INCLUDED_MARTS }).martsHash);
});

test.each([
  ['product_saels', /there is no mart product_saels: expected one of category_kpis, cohort_kpis, /],
  [
    'product_sales',
    /^marts to leave out: product_sales is read by inventory_status: leave out inventory_status as well$/,
  ],
  [
    'customer_days',
    /customer_days is read by cohort_kpis, customer_value, order_kpis: leave out cohort_kpis, customer_value, order_kpis as well/,
  ],
  ['order_kpis', /order_kpis is needed by "daybook kpis orders" and the console: keep it/],
  [
    'x,category_kpis',
    /there is no mart x: .*; category_kpis is needed by "daybook kpis categories" and the console: keep it/,
  ],
])('%s cannot be left out, and the message says why', (list, message) => {
  expect(() => without(...list.split(','))).toThrow(message);
});

test('the marts over events are those that read them, also through others, and can be left out together', () => {
  const left = eventMarts(INCLUDED.contracts);
  expect(left).toEqual([
    'funnel_kpis',
    'list_engagement',
    'product_engagement',
    'purchases',
    'session_items',
    'sessions',
    'traffic_kpis',
    'transactions',
  ]);
  expect(names(without(...left).marts)).toEqual(
    names(INCLUDED_MARTS.marts).filter((name) => !left.includes(name)),
  );
});
