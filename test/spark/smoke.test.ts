import { SparkPipeline } from './spark-pipeline';
import { SparkSession, sparkPython } from './spark-session';
import { csv, ORDER_ITEMS, ORDERS, PRODUCTS } from '../builders/csv';

test('smoke', async () => {
  const spark = new SparkSession(sparkPython(process.env.SPARK_VERSION as never ?? '3.5') ?? '');
  console.log(await spark.ready());
  const pipeline = new SparkPipeline(spark, 'UTC');
  const at = Date.UTC(2025, 6, 1);
  try {
  await pipeline.process([
    { key: 'input/products.csv', csv: csv(PRODUCTS, '1,s,4.00,Coats,a,b,10.00,"Men/Women"', '2,s,4.00,Hats,a,b,12.00,'), uploadedAt: at },
    { key: 'input/orders.csv', csv: csv(ORDERS, '1,7,Complete,2025-06-30T10:00:00,,,,1', '2,8,Returned,2025-05-30T10:00:00,,,,1'), uploadedAt: at },
    { key: 'input/order_items.csv', csv: csv(ORDER_ITEMS, '1,1,7,1,Complete,2025-06-30T10:00:00,,,,9.99', '2,2,7,2,Returned,2025-06-30T10:00:00,,,,9.99'), uploadedAt: at },
  ]);
  console.log(pipeline.plans, pipeline.bucket.keys('staging/'), pipeline.bucket.keys('marts/'));
  console.log(await pipeline.verify());
  } finally {
  await spark.close();
  }
}, 300_000);
