import { csv, LocalPipeline, ORDER_ITEMS, ORDERS, PRODUCTS } from './local-pipeline';

let pipeline: LocalPipeline;
beforeAll(async () => {
  pipeline = await LocalPipeline.start();
}, 60_000);
afterAll(() => pipeline.stop());

const order = (day: string, status = 'delivered') => csv(ORDERS, `1,7,${status},${day}T10:00:00,,,,1`);
const item = (price: string, status = 'delivered') =>
  csv(ORDER_ITEMS, `1,1,7,1,${status},2025-01-31T10:00:00,,,,${price}`);
const product = (category: string) => csv(PRODUCTS, `1,s,1.00,${category},n,b,2.00,D`);

async function drop(files: Record<string, string>): Promise<void> {
  for (const [key, body] of Object.entries(files)) await pipeline.put(`input/${key}`, body);
  await pipeline.untilQuiet();
}

const revenue = async () =>
  (await pipeline.orderKpis()).map((kpi) => [kpi.order_date, kpi.total_revenue, kpi.return_rate]);
const categories = async () =>
  (await pipeline.categoryKpis()).map((kpi) => [kpi.category, kpi.order_date, kpi.daily_revenue]);

test('new versions of rows change the KPIs, move them between days and categories, and empty days vanish', async () => {
  // Items first, then their order, products last.
  await drop({ 'order_items.csv': item('10.00') });
  expect(await revenue()).toEqual([]);
  await drop({ 'orders.csv': order('2025-01-31') });
  expect(await revenue()).toEqual([['2025-01-31', '10', '0']]);
  expect(await categories()).toEqual([['Unknown', '2025-01-31', '10']]);
  await drop({ 'products.csv': product('Toys') });
  expect(await categories()).toEqual([['Toys', '2025-01-31', '10']]);

  // A price, a status, a category, and a date in another month, all at once.
  await drop({
    'order_items.csv': item('12.505', 'Returned'),
    'orders.csv': order('2025-02-01', ' RETURNED '),
    'products.csv': product('Books'),
  });
  expect(await revenue()).toEqual([['2025-02-01', '12.51', '100']]);
  expect(await categories()).toEqual([['Books', '2025-02-01', '12.51']]);

  const executions = await pipeline.executions();
  expect(executions.map(({ status }) => status)).toEqual(executions.map(() => 'SUCCEEDED'));
  expect(await pipeline.keys('input/')).toEqual([]);
  expect(await pipeline.keys('archive/')).toHaveLength(6);
}, 120_000);
