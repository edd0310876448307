import { PENDING_FORGETTINGS } from '../../../domain/object-keys';
import { FaultyProcess } from '../../builders/faulty-process';
import { sortedRows } from '../../builders/read-marts';
import { ADA, FIRST_FILES, ForgetShop, LATER_FILES, WORDS } from './forget-shop';

/** The marts with one row per day, or per day and something that is no person. */
const DAILY = [
  'order_kpis',
  'category_kpis',
  'product_sales',
  'funnel_kpis',
  'traffic_kpis',
  'list_engagement',
];

let shop: ForgetShop;
beforeEach(async () => {
  shop = new ForgetShop();
  await shop.process(FIRST_FILES);
  await shop.process(LATER_FILES);
});
afterEach(() => shop.close());

const daily = async () => {
  const marts = await shop.marts();
  return Object.fromEntries(DAILY.map((name) => [name, sortedRows(marts[name] ?? [])]));
};

test('a forgotten person is nowhere but in what a retention removes, and daily KPIs count as before', async () => {
  const before = await daily();
  expect((await shop.keysWithPerson()).length).toBeGreaterThan(10);

  const receipt = await shop.forget();

  expect(receipt.left).toEqual([]);
  const retained = receipt.retained.map(({ place }) => place);
  const unexplained = (await shop.keysWithPerson()).filter(
    (key) => !retained.some((place) => key === place || (place.endsWith('/') && key.startsWith(place))),
  );
  expect(unexplained).toEqual([]);
  for (const word of WORDS) {
    expect(shop.itemsText()).not.toContain(word);
    expect([...shop.reasons.values()].join()).not.toContain(word);
    expect(JSON.stringify(receipt)).not.toContain(word);
  }
  expect(await daily()).toEqual(before);
  expect((await shop.pipeline.verify()).differences).toBe(0);

  // The day that the receipt names.
  const days =
    1 +
    (Date.parse(
      receipt.retained
        .map(({ until }) => until ?? '')
        .sort()
        .at(-1) ?? '',
    ) -
      shop.pipeline.now) /
      86_400_000;
  await shop.pipeline.maintain(days);
  expect(await shop.keysWithPerson()).toEqual([]);
  expect((await shop.pipeline.verify()).differences).toBe(0);
}, 120_000);

test('a dry run finds the same, and changes nothing', async () => {
  const before = new Map([...shop.pipeline.bucket.objects].map(([key, { etag }]) => [key, etag]));
  const found = (await shop.forget({ dryRun: true })).places;
  expect(new Map([...shop.pipeline.bucket.objects].map(([key, { etag }]) => [key, etag]))).toEqual(before);
  const done = (await shop.forget()).places;
  expect(done.filter(({ place }) => !place.startsWith('DynamoDB'))).toEqual(found);
}, 120_000);

test('with a recount, orders and events of the person no longer count', async () => {
  const receipt = await shop.forget({ recount: true });
  expect(receipt.places).toContainEqual({ place: 'staging/orders', change: 'rows removed', count: 2 });
  const { order_kpis = [], traffic_kpis = [] } = await shop.marts();
  expect(order_kpis).toMatchObject([{ order_date: '2026-03-01', total_orders: '2', unique_customers: '2' }]);
  expect(traffic_kpis.map(({ sessions }) => sessions)).toEqual(['2']);
  expect((await shop.pipeline.verify()).differences).toBe(0);
}, 120_000);

test('a replay of the files brings nothing back', async () => {
  await shop.forget();
  const before = await shop.marts();
  const { bucket } = shop.pipeline;
  for (const { key, uploadedAt } of FIRST_FILES.filter(({ key }) => !key.includes('strange'))) {
    const archived = bucket.keys('archive/').find((one) => one.endsWith(key.slice('input/'.length)));
    const csv = bucket.objects.get(archived ?? '')?.body ?? '';
    await shop.process([
      {
        key,
        csv,
        uploadedAt: uploadedAt + 86_400_000,
        metadata: { 'daybook-uploaded-at': new Date(uploadedAt).toISOString() },
      },
    ]);
  }
  expect(await shop.marts()).toEqual(before);
  expect((await shop.pipeline.verify()).differences).toBe(0);
}, 120_000);

test('a person of whom there is nothing leaves everything as it is', async () => {
  const before = await shop.marts();
  const receipt = await shop.forget({ user: '404404404' });
  expect(receipt).toMatchObject({ places: [], left: [] });
  expect(await shop.marts()).toEqual(before);
}, 120_000);

test('a file that waits is named, and stays', async () => {
  await shop.pipeline.upload({
    ...(LATER_FILES[0] as (typeof LATER_FILES)[number]),
    key: 'input/orders_new.csv',
  });
  const { left } = await shop.forget();
  expect(left).toEqual([{ key: 'input/orders_new.csv', reason: expect.stringContaining('run this again') }]);
  expect(shop.pipeline.bucket.text('input/orders_new.csv')).toContain(ADA);
}, 120_000);

test.each([1, 2, 5, 9, 12, 16, 20, 25])(
  'cut off at write %i and repeated, it ends the same',
  async (write) => {
    const before = await daily();
    const fault = new FaultyProcess({ write, isApplied: write % 2 === 0, isFatal: true });
    await shop.forget({}, fault).catch(() => {});
    expect(fault.hasFailed).toBe(true);
    await shop.forget();
    const receipt = await shop.forget();
    expect(receipt.places).toEqual([]);
    expect(shop.pipeline.bucket.keys(PENDING_FORGETTINGS)).toEqual([]);
    expect(await daily()).toEqual(before);
    expect((await shop.pipeline.verify()).differences).toBe(0);
    await shop.pipeline.maintain(45);
    expect(await shop.keysWithPerson()).toEqual([]);
  },
  120_000,
);
