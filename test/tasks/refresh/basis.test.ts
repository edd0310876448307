import { catalog } from '../../../catalog/catalog';
import { readSnapshot } from '../../../lake/snapshot';
import { basisOf, notOlder } from '../../../tasks/refresh/basis';
import { readStaging } from '../../../tasks/refresh/source';
import { mergeRows, openTestLake, type TestLake } from '../../builders/test-lake';

let lake: TestLake;
beforeEach(async () => {
  lake = await openTestLake();
});
afterEach(() => lake.close());

const ORDERS = catalog.stagingTable('orders');
const [mart] = catalog.marts.filter(({ name }) => name === 'order_days');
if (!mart) throw new Error('expected a mart order_days');

const commit = (version: number) =>
  mergeRows(lake, ORDERS, [
    {
      ...Object.fromEntries(ORDERS.columns.map(({ name }) => [name, null])),
      order_id: 1,
      created_at: '2025-03-01 10:00:00+00',
      _source_key: 'input/orders.csv',
      _source_modified_at: new Date(Date.UTC(2025, 0, version + 1)).toISOString(),
      _source_line: 2,
    },
  ]);

/** A mart that was computed from the table's newest version. */
async function computed() {
  const orders = await readSnapshot(lake, ORDERS.location);
  const txns = basisOf(mart as NonNullable<typeof mart>, catalog, { orders }, 'UTC');
  const snapshot = orders && { ...orders, txns: new Map(txns.map(({ appId, version }) => [appId, version])) };
  return new Map([['order_days', snapshot]]);
}

test('a table that is older than what a mart was computed from is read again, others are not', async () => {
  await commit(0);
  const staging = await readStaging(lake, catalog);
  // Meanwhile another run stages rows and computes the mart.
  await commit(1);
  const marts = await computed();
  lake.bucket.calls.length = 0;
  const now = await notOlder(marts, staging, catalog, lake);
  expect(now.orders?.version).toBe(1);
  expect(lake.bucket.calls.every(({ key }) => key.startsWith(ORDERS.location))).toBe(true);
});

test('tables that are as new are taken as they were read', async () => {
  await commit(0);
  const marts = await computed();
  await commit(1);
  const staging = await readStaging(lake, catalog);
  lake.bucket.calls.length = 0;
  expect(await notOlder(marts, staging, catalog, lake)).toEqual(staging);
  expect(lake.bucket.calls).toEqual([]);
});
