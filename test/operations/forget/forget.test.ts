import { createCatalog } from '../../../catalog/catalog';
import type { Contract } from '../../../domain/contract';
import { PENDING_FORGETTINGS } from '../../../domain/object-keys';
import type { ForgetReceipt } from '../../../operations/forget/receipt';
import { keyedHash } from '../../../runtime/pseudonyms';
import { FaultyProcess } from '../../builders/faulty-process';
import { sortedRows } from '../../builders/read-marts';
import { PSEUDONYM_KEY } from '../../builders/task-pipeline';
import { ADA, catalog, FIRST_FILES, ForgetShop, LATER_FILES, WORDS } from './forget-shop';

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

/** The keys of objects that have the person and are not in the receipt. */
async function unexplained(
  { retained }: ForgetReceipt,
  of: ForgetShop = shop,
  words: readonly string[] = WORDS,
): Promise<string[]> {
  return (await of.keysWithPerson(words)).filter(
    (key) => !retained.some(({ place }) => key === place || (place.endsWith('/') && key.startsWith(place))),
  );
}

test('a forgotten person is nowhere but in what a retention removes, and daily KPIs count as before', async () => {
  const before = await daily();
  expect((await shop.keysWithPerson()).length).toBeGreaterThan(10);

  const receipt = await shop.forget();

  expect(receipt.left).toEqual([]);
  expect(await unexplained(receipt)).toEqual([]);
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
}, 300_000);

test('a dry run finds the same, and changes nothing', async () => {
  const before = new Map([...shop.pipeline.bucket.objects].map(([key, { etag }]) => [key, etag]));
  const found = (await shop.forget({ dryRun: true })).places;
  expect(new Map([...shop.pipeline.bucket.objects].map(([key, { etag }]) => [key, etag]))).toEqual(before);
  const done = (await shop.forget()).places;
  expect(done.filter(({ place }) => !place.startsWith('DynamoDB'))).toEqual(found);
}, 300_000);

test('with a recount, orders and events of the person no longer count', async () => {
  const receipt = await shop.forget({ recount: true });
  expect(receipt.places).toContainEqual({ place: 'staging/orders', change: 'rows removed', count: 2 });
  const { order_kpis = [], traffic_kpis = [] } = await shop.marts();
  expect(order_kpis).toMatchObject([{ order_date: '2026-03-01', total_orders: '2', unique_customers: '2' }]);
  expect(traffic_kpis.map(({ sessions }) => sessions)).toEqual(['2']);
  expect((await shop.pipeline.verify()).differences).toBe(0);
}, 300_000);

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
}, 300_000);

test.each([1, 10])(
  'what an execution writes meanwhile, at write %i, is found too',
  async (write) => {
    const process = new FaultyProcess(undefined, async (n) => {
      if (n !== write) return;
      const csv = `order_id,user_id,created_at,num_of_item,email\n5020,${ADA},2026-03-02,1,ada.lovelace@example.com\n`;
      await shop.process([{ key: 'input/orders_meanwhile.csv', csv, uploadedAt: shop.pipeline.now }]);
    });
    const receipt = await shop.forget({}, process);
    expect(receipt.left).toEqual([]);
    expect(await unexplained(receipt)).toEqual([]);
    expect((await shop.pipeline.verify()).differences).toBe(0);
  },
  300_000,
);

test('old versions are listed with the day on which the lifecycle of the bucket removes them', async () => {
  shop.retention = { fileDays: 7, logDays: 30, oldVersionDays: 7 };
  const { retained } = await shop.forget();
  const archived = shop.pipeline.bucket.keys('archive/').find((key) => key.endsWith('/orders.csv'));
  expect(retained).toContainEqual({ place: archived, what: 'old version', until: '2026-05-09' });
  expect(retained).toContainEqual({ place: 'input/orders.csv', what: 'old version', until: '2026-05-09' });
  expect(retained.some(({ place }) => place.startsWith(PENDING_FORGETTINGS))).toBe(true);
  expect(retained.find(({ what }) => what === 'replaced data file')?.until).toBe('2026-05-17');
  expect(retained.find(({ what }) => what === 'log entries')?.until).toBe('2026-06-09');
}, 300_000);

test('a person whose id is stored as a keyed hash is found by the id', async () => {
  const pseudonymized = (contract: Contract): Contract => ({
    ...contract,
    columns: contract.columns.map((column) =>
      column.name === 'user_id' ? { ...column, type: 'text' as const, pseudonymize: true } : column,
    ),
  });
  const contracts = catalog.contracts.map((one) => (one.kind === 'orders' ? pseudonymized(one) : one));
  const own = new ForgetShop(createCatalog({ ...catalog, contracts }));
  try {
    await own.process(FIRST_FILES);
    const words = [...WORDS, keyedHash(PSEUDONYM_KEY)(ADA)];
    expect((await own.keysWithPerson(words.slice(-1))).length).toBeGreaterThan(0);
    const receipt = await own.forget();
    expect(receipt.places).toContainEqual({ place: 'staging/orders', change: 'rows changed', count: 2 });
    expect(await unexplained(receipt, own, words)).toEqual([]);
    expect((await own.pipeline.verify()).differences).toBe(0);
  } finally {
    own.close();
  }
}, 300_000);

test('a person of whom there is nothing leaves everything as it is', async () => {
  const before = await shop.marts();
  const receipt = await shop.forget({ user: '404404404' });
  expect(receipt).toMatchObject({ places: [], left: [] });
  expect(await shop.marts()).toEqual(before);
}, 300_000);

test('a file that waits is named, and stays', async () => {
  await shop.pipeline.upload({
    ...(LATER_FILES[0] as (typeof LATER_FILES)[number]),
    key: 'input/orders_new.csv',
  });
  const { left } = await shop.forget();
  expect(left).toEqual([{ key: 'input/orders_new.csv', reason: expect.stringContaining('run this again') }]);
  expect(shop.pipeline.bucket.text('input/orders_new.csv')).toContain(ADA);
}, 300_000);

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
  300_000,
);
