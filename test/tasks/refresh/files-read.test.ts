import { createCatalog } from '../../../catalog/catalog';
import { definitions } from '../../../catalog/definitions';
import { ORDER_ITEMS, ORDERS } from '../../builders/csv';
import { DAY_PRICES } from '../../builders/day-prices';
import { readDelta } from '../../builders/read-delta';
import { TaskPipeline } from '../../builders/task-pipeline';
import { uploadedCsv } from '../../builders/uploaded-csv';

const ADDITIVE = definitions.marts.filter(({ name }) => name === 'order_days');

const order = (id: number, day: string) => `${id},7,sold,${day}T10:00:00,,,,1`;
const item = (id: number, day: string, price = '10') => `${id},${id},7,1,sold,${day}T10:00:00,,,,${price}`;
/** Orders with one item each, of the same id. */
const day = (date: string, ...ids: number[]) => [
  uploadedCsv('orders', ORDERS, ...ids.map((id) => order(id, date))),
  uploadedCsv('order_items', ORDER_ITEMS, ...ids.map((id) => item(id, date))),
];

/** What the data files of a table hold: keys of the bucket with the ids of their orders. */
async function filesOf({ bucket }: TaskPipeline, location: string): Promise<[key: string, orders: string][]> {
  const files = await readDelta(bucket, location);
  return files.map(({ path, rows }) => [
    `${location}/${path}`,
    rows.map(({ order_id }) => order_id).join(' and '),
  ]);
}

test.each([
  ['by day reads the files of the affected day', [DAY_PRICES], ['3', '4']],
  ['that adds up by order reads the files that may hold the changed order', ADDITIVE, ['3']],
])('a mart %s, and no others', async (_, marts, affected) => {
  const pipeline = new TaskPipeline('UTC', createCatalog({ ...definitions, marts }));
  try {
    // Orders 3 and 4 of one day are in two files of a month; another day of the month and other months are around them.
    const batches = [
      day('2025-03-05', 1, 2),
      day('2025-04-05', 3),
      day('2025-04-05', 4),
      day('2025-04-20', 5, 6),
      day('2025-05-05', 7, 8),
    ];
    for (const batch of batches) await pipeline.process(batch);
    const [orders, itemsBefore] = [
      await filesOf(pipeline, 'staging/orders'),
      await filesOf(pipeline, 'staging/order_items'),
    ];
    expect(orders.map(([, ids]) => ids).sort()).toEqual(['1 and 2', '3', '4', '5 and 6', '7 and 8']);

    const change = uploadedCsv('order_items', ORDER_ITEMS, item(3, '2025-04-05', '11'));
    await pipeline.upload(change);
    await pipeline.execute([change], undefined, 1, ['validate', 'stage']);
    pipeline.bucket.calls.length = 0;
    await pipeline.execute([], undefined, 1, ['transform']);

    const read = [...pipeline.bucket.callsOf('download'), ...pipeline.bucket.callsOf('getRange')];
    const ordersReadIn = (files: [key: string, orders: string][]) =>
      files.filter(([key]) => read.includes(key)).map(([, ids]) => ids);
    const itemsAfter = await filesOf(pipeline, 'staging/order_items');
    expect(ordersReadIn(orders).sort()).toEqual(affected);
    expect(ordersReadIn(itemsAfter).sort()).toEqual(affected);
    // The change itself is in the file before and after it.
    const replaced = itemsBefore.filter(([key]) => itemsAfter.every(([other]) => other !== key));
    expect(ordersReadIn(replaced)).toEqual(['3']);
    const known = new Map([...orders, ...itemsBefore, ...itemsAfter]);
    expect(read.filter((key) => key.startsWith('staging/') && !known.has(key))).toEqual([]);
    expect(await pipeline.verify()).toMatchObject({ differences: 0, is_current: true });
  } finally {
    pipeline.close();
  }
});

test('a mart that adds up by order reads a changed order from its change file, and of the items those files that may hold its own', async () => {
  const pipeline = new TaskPipeline('UTC', createCatalog({ ...definitions, marts: ADDITIVE }));
  pipeline.hasChangeFiles = true;
  try {
    for (const batch of [day('2025-03-05', 1, 2), day('2025-04-05', 3), day('2025-05-05', 7, 8)])
      await pipeline.process(batch);
    const items = new Map(await filesOf(pipeline, 'staging/order_items'));
    const change = uploadedCsv('orders', ORDERS, order(3, '2025-04-05').replace('sold', 'returned'));
    await pipeline.upload(change);
    await pipeline.execute([change], undefined, 1, ['validate', 'stage']);
    pipeline.bucket.calls.length = 0;
    await pipeline.execute([], undefined, 1, ['transform']);
    const read = [...pipeline.bucket.callsOf('download'), ...pipeline.bucket.callsOf('getRange')].filter(
      (key) => key.startsWith('staging/'),
    );
    expect(read.filter((key) => !items.has(key))).toEqual([
      expect.stringMatching(/^staging\/orders\/changes-[^/]+$/),
    ]);
    expect(read.flatMap((key) => items.get(key) ?? [])).toEqual(['3']);
    expect(await pipeline.verify()).toMatchObject({ differences: 0, is_current: true });
  } finally {
    pipeline.close();
  }
});
