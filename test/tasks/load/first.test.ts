import { connectWarehouse } from '../../../serving/warehouse/connection';
import { exclusively } from '../../../serving/warehouse/connection';
import { migrate } from '../../../serving/warehouse/migrate';
import { loadLake } from '../../../tasks/load/load-lake';
import { startPostgres } from '../../builders/postgres-server';
import { stageRows } from '../../builders/stage-rows';
import { TaskPipeline } from '../../builders/task-pipeline';
import { catalog } from '../../../catalog/catalog';

test('smoke', async () => {
  const server = await startPostgres();
  const pipeline = new TaskPipeline('UTC', catalog);
  try {
    const url = await server.createDatabase();
    const warehouse = await connectWarehouse(url);
    await migrate(warehouse, 5);
    await stageRows(pipeline, [
      { kind: 'products', uploadedAt: 1000, rows: [{ id: '1', name: 'a\\N', category: ' ', cost: '1', retail_price: '2', department: 'x' }] },
      { kind: 'orders', uploadedAt: 1000, rows: [{ order_id: '1', user_id: '7', created_at: '2025-03-01T10:00:00Z', num_of_item: '1' }] },
      { kind: 'order_items', uploadedAt: 1000, rows: [{ id: '1', order_id: '1', product_id: '1', created_at: '2025-03-01T10:00:00Z', sale_price: '1' }] },
    ]);
    const load = (everything = false) => pipeline.withLake((lake) => exclusively(warehouse, 5, () => loadLake(lake, warehouse, { catalog, timeZone: 'UTC', currency: 'EUR' }, everything)));
    console.log(await load());
    console.log(await load());
    console.log(await load(true));
    for (const t of ['dim_product','dim_user','dim_time','dim_currency','fact_orders','fact_order_items']) console.log((await warehouse.query(`select * from ${t}`)).rows);
    await warehouse.end();
  } finally {
    pipeline.close();
    await server.stop();
  }
}, 60000);
