import { catalog, createCatalog } from '../../catalog/catalog';
import type { Mart } from '../../domain/mart';
import { csv, ORDERS, PRODUCTS } from '../builders/csv';
import { DAY_PRICES } from '../builders/day-prices';
import { kpiDefinitions } from '../builders/kpi-catalog';
import { readDelta } from '../builders/read-delta';
import { readMarts, sortedRows } from '../builders/read-marts';
import { silentLogger } from '../builders/silent-logger';
import { TaskPipeline } from '../builders/task-pipeline';
import { SHOP_TIME_ZONE, stageShop } from '../builders/warehouse-shop';
import { describeWithSpark } from './describe-with-spark';
import { SparkPipeline } from './spark-pipeline';

async function martsOf(pipeline: TaskPipeline) {
  await stageShop(pipeline);
  const found = await pipeline.withLake((lake) => readMarts(lake, catalog));
  return Object.fromEntries(catalog.marts.map(({ name }) => [name, sortedRows(found[name] ?? [])]));
}

describeWithSpark('jobs', (spark) => {
  test('a first load takes one for each task, which computes every mart', async () => {
    const onSpark = new SparkPipeline(spark(), SHOP_TIME_ZONE, catalog);
    const onDuckDb = new TaskPipeline(SHOP_TIME_ZONE, catalog);
    try {
      expect(await martsOf(onSpark)).toEqual(await martsOf(onDuckDb));
      expect(onSpark.jobs).toEqual({ done: 2, failed: 0 });
    } finally {
      onSpark.close();
      onDuckDb.close();
    }
  }, 300_000);

  test('rows are found in partitions of any name', async () => {
    const pipeline = new SparkPipeline(spark());
    const departments = ['Kids', 'Home & Garden', 'a/b=c', ' Kids', 'Ünder', '', '100%', 'a+b?#'];
    try {
      for (const [hour, cost] of ['4.00', '5.00'].entries()) {
        const rows = departments.map((department, id) => `${id},s,${cost},Coats,a,b,10.00,${department}`);
        const uploadedAt = Date.UTC(2025, 6, 1, hour);
        await pipeline.process([
          { key: `input/products-${hour}.csv`, csv: csv(PRODUCTS, ...rows), uploadedAt },
        ]);
      }
      const rows = (await readDelta(pipeline.bucket, 'staging/products')).flatMap((file) => file.rows);
      expect(rows.map(({ cost }) => Number(cost))).toEqual(departments.map(() => 5));
    } finally {
      pipeline.close();
    }
  }, 300_000);

  test('rows that came again unchanged have their newest origin: a file of the time in between loses, one that is newer wins', async () => {
    const pipeline = new SparkPipeline(spark());
    const order = (id: number, status: string) => `${id},7,${status},2025-07-01 10:00:00,,,,1`;
    const upload = async (hour: number, key: string, ...rows: readonly string[]) => {
      const uploadedAt = Date.UTC(2025, 6, 1, hour);
      await pipeline.process([{ key: `input/orders-${key}.csv`, csv: csv(ORDERS, ...rows), uploadedAt }]);
    };
    try {
      pipeline.engineOf = () => 'duckdb';
      await upload(1, 'all', order(1, 'shipped'), order(2, 'shipped'), order(3, 'shipped'));
      await upload(5, 'again', order(1, 'shipped'), order(2, 'shipped'), order(3, 'shipped'));
      pipeline.engineOf = () => 'spark';
      await upload(3, 'late', order(1, 'late'));
      await upload(6, 'new', order(2, 'new'));
      await upload(4, 'later', order(3, 'late'));
      const rows = (await readDelta(pipeline.bucket, 'staging/orders')).flatMap((file) => file.rows);
      const byId = rows.toSorted((a, b) => Number(a.order_id) - Number(b.order_id));
      expect(byId.map(({ status, _source_key }) => [status, _source_key])).toEqual([
        ['shipped', 'input/orders-again.csv'],
        ['new', 'input/orders-new.csv'],
        // In the file that Spark wrote for another row.
        ['shipped', 'input/orders-again.csv'],
      ]);
      expect(await pipeline.verify()).toMatchObject({ differences: 0, is_current: true });
    } finally {
      pipeline.close();
    }
  }, 300_000);

  test('a mart whose query only DuckDB knows is computed by the task, which says so, and Spark computes one that reads it', async () => {
    const prices: Mart = {
      ...DAY_PRICES,
      sql: 'select order_date, list_max(list(sale_price)) as price from counted_items group by order_date',
    };
    const dearDays: Mart = {
      ...DAY_PRICES,
      name: 'dear_days',
      inputs: [{ name: 'day_prices' }],
      sql: 'select order_date, price from day_prices where price > 5',
    };
    const own = createCatalog({ ...kpiDefinitions, marts: [prices, dearDays, ...kpiDefinitions.marts] });
    const pipeline = new SparkPipeline(spark(), SHOP_TIME_ZONE, own);
    pipeline.inDuckDbOnly.add('day_prices');
    const warnings: string[] = [];
    pipeline.logger = { ...silentLogger, warn: (message) => warnings.push(message) };
    try {
      await stageShop(pipeline);
      expect(await pipeline.verify()).toMatchObject({ differences: 0, is_current: true });
      expect(warnings).toEqual([
        expect.stringMatching(/^Spark does not know the query of day_prices, .*list_max/),
      ]);
      expect(pipeline.jobs).toEqual({ done: 3, failed: 0 });
    } finally {
      pipeline.close();
    }
  }, 300_000);
});
