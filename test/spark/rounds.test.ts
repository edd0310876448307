import { catalog } from '../../catalog/catalog';
import { readMarts, sortedRows } from '../builders/read-marts';
import { TaskPipeline } from '../builders/task-pipeline';
import { SHOP_TIME_ZONE, stageShop } from '../builders/warehouse-shop';
import { describeWithSpark } from './describe-with-spark';
import { SparkPipeline } from './spark-pipeline';

async function martsOf(pipeline: TaskPipeline) {
  await stageShop(pipeline);
  const found = await pipeline.withLake((lake) => readMarts(lake, catalog));
  return Object.fromEntries(catalog.marts.map(({ name }) => [name, sortedRows(found[name] ?? [])]));
}

describeWithSpark('rounds of a first load', (spark) => {
  test('each task takes one job, which computes every mart', async () => {
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
});
