import { TaskPipeline } from '../../builders/task-pipeline';

const HEADER = 'order_id,user_id,status,created_at,returned_at,shipped_at,delivered_at,num_of_item';
const orders = (uploadedAt: number, ...rows: string[]) => ({
  key: `input/orders-${uploadedAt}.csv`,
  csv: `${[HEADER, ...rows].join('\n')}\n`,
  uploadedAt,
});
const order = (id: number, day: string, status = 'delivered') => `${id},7,${status},${day}T10:00:00,,,,1`;

let pipeline: TaskPipeline;
beforeEach(() => {
  pipeline = new TaskPipeline();
});
afterEach(() => pipeline.close());

const logEntries = () => pipeline.bucket.keys('kpis/').filter((key) => key.endsWith('.json'));

test('a batch that changes nothing writes nothing to DynamoDB', async () => {
  const file = orders(1000, order(1, '2025-03-01'), order(2, '2025-03-02'));
  await pipeline.process([file]);
  const writes = [...pipeline.orders.writes];
  const entries = logEntries();
  expect(writes).toEqual(['put 2025-03-01', 'put 2025-03-02']);
  await pipeline.process([file]);
  expect(pipeline.orders.writes).toEqual(writes);
  expect(logEntries()).toEqual(entries);
});

test('only days that differ are written, and a day that empties is deleted', async () => {
  await pipeline.process([orders(1000, order(1, '2025-03-01'), order(2, '2025-03-02'), order(3, '2025-03-03'))]);
  pipeline.orders.writes.length = 0;
  await pipeline.process([orders(2000, order(1, '2025-03-02'))]);
  expect(pipeline.orders.writes).toEqual(['put 2025-03-02', 'delete 2025-03-01']);
});

test('what a run wrote before it died is mended, even when the rows are again as they were', async () => {
  await pipeline.process([orders(1000, order(1, '2025-03-01'))]);
  const before = pipeline.orders.all;

  // Dies between DynamoDB and the mark that it was written: the second commit of the batch to the table.
  let commits = 0;
  pipeline.bucket.before = ({ operation, key }) => {
    if (operation === 'putIfAbsent' && key.startsWith('kpis/order_kpis/_delta_log/') && ++commits === 2) {
      throw new Error('killed');
    }
  };
  await expect(pipeline.process([orders(2000, order(1, '2025-04-04', 'returned'))])).rejects.toThrow('killed');
  pipeline.bucket.before = undefined;
  expect(pipeline.orders.all).not.toEqual(before);

  await pipeline.process([orders(3000, order(1, '2025-03-01'))]);
  expect(pipeline.orders.all).toEqual(before);
});

test('another reporting time zone computes every day anew', async () => {
  const late = orders(1000, '1,7,delivered,2025-03-01T23:30:00Z,,,,1');
  await pipeline.process([late]);
  expect(pipeline.orders.all.map(({ order_date }) => order_date)).toEqual(['2025-03-01']);
  pipeline.timeZone = 'Europe/Berlin';
  await pipeline.process([late]);
  expect(pipeline.orders.all.map(({ order_date }) => order_date)).toEqual(['2025-03-02']);
});
