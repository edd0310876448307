import { setTimeout as sleep } from 'node:timers/promises';
import { csv, ORDER_ITEMS, ORDERS, PRODUCTS } from '../builders/csv';
import { kpiCatalog } from '../builders/kpi-catalog';
import { readDelta } from '../builders/read-delta';
import { until } from '../e2e/local-pipeline';
import { describeWithSpark } from './describe-with-spark';
import { SparkPipeline } from './spark-pipeline';

/** Two executors, of which each is a process of a core and 512 MB. */
const CLUSTER = 'local-cluster[2,1,1024]';
const AT = Date.UTC(2025, 6, 1);
const NUMBERS = Array.from({ length: 500 }, (_, index) => index + 1);

function batch(hour: number, status: string) {
  const day = (number: number) => `2025-0${1 + (number % 6)}-1${number % 10}T10:00:00`;
  const files = {
    products: csv(PRODUCTS, '1,s,4.00,Coats,a,b,10.00,Men', '2,s,4.00,Hats,a,b,12.00,'),
    orders: csv(ORDERS, ...NUMBERS.map((id) => `${id},${id % 50},${status},${day(id)},,,,1`)),
    order_items: csv(
      ORDER_ITEMS,
      ...NUMBERS.map((id) => `${id},${id},${id % 50},${1 + (id % 2)},${status},${day(id)},,,,9.99`),
    ),
  };
  return Object.entries(files).map(([name, text]) => ({
    key: `input/${name}_${hour}.csv`,
    csv: text,
    uploadedAt: AT + hour * 3_600_000,
  }));
}

describeWithSpark(
  'executors',
  (spark) => {
    test('one that is killed in every job takes nothing with it, and nothing is counted twice', async () => {
      const pipeline = new SparkPipeline(spark(), 'UTC', kpiCatalog);
      const killed: number[] = [];
      let wait = 500;
      pipeline.whileRunning = async () => {
        await until(async () => spark().executors().length > 0);
        // At another moment in each job.
        wait += 1_500;
        await sleep(wait);
        const [victim] = spark().executors();
        if (victim === undefined) throw new Error('there is no executor');
        process.kill(victim, 'SIGKILL');
        killed.push(victim);
      };
      try {
        for (const [hour, status] of ['Complete', 'Returned'].entries()) {
          const files = batch(hour, status);
          await pipeline.process(files);
          expect(await pipeline.verify()).toMatchObject({ differences: 0, is_current: true });
        }
        expect(pipeline.jobs).toEqual({ done: 4, failed: 0 });
        expect(new Set(killed).size).toBe(4);
        const rows = (await readDelta(pipeline.bucket, 'staging/orders')).flatMap((file) => file.rows);
        expect(rows).toHaveLength(NUMBERS.length);
        expect(new Set(rows.map(({ status }) => status))).toEqual(new Set(['Returned']));
      } finally {
        pipeline.close();
      }
    }, 900_000);
  },
  CLUSTER,
);
