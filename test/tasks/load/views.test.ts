import { type PostgresServer, startPostgres } from '../../../bench/postgres-server';
import { createCatalog } from '../../../catalog/catalog';
import { definitions } from '../../../catalog/definitions';
import type { Warehouse } from '../../../serving/warehouse/connection';
import type { Dialect } from '../../../serving/warehouse/dialect';
import { describeWithPostgres } from '../../builders/describe-with-postgres';
import { eventFiles, type SentEvent } from '../../builders/event-rows';
import { startPgliteServer } from '../../builders/pglite-database';
import { asRedshift } from '../../builders/redshift-on-postgres';
import { type StagedFile, stageRows } from '../../builders/stage-rows';
import type { TaskPipeline } from '../../builders/task-pipeline';
import { useWarehouse } from '../../builders/use-warehouse';
import { loadWarehouse } from '../../builders/warehouse-load';

/** The views read no marts. */
const catalog = createCatalog({ ...definitions, marts: [] });
const TIME_ZONE = 'Europe/Berlin';
const UPLOADED = Date.UTC(2026, 10, 30);

const eventsOf = (sent: readonly SentEvent[]) => eventFiles(sent, UPLOADED);

let pipeline: TaskPipeline;
let url: string;
let warehouse: Warehouse;

let isRedshift: boolean;

const useServer = (start: () => Promise<PostgresServer>, dialect: Dialect['name'] = 'postgres'): void => {
  beforeAll(() => {
    isRedshift = dialect === 'redshift';
  });
  useWarehouse(start, catalog, TIME_ZONE, (own) => {
    ({ pipeline, url, warehouse } = own);
  });
};

async function load(...files: StagedFile[]): Promise<void> {
  await stageRows(pipeline, files);
  await reload(undefined);
}

/** @param currency of the shop */
const reload = (currency: string | undefined) => {
  const options = {
    bucket: pipeline.bucket,
    catalog,
    url,
    timeZone: TIME_ZONE,
    ...(currency && { currency }),
  };
  return loadWarehouse(isRedshift ? asRedshift(options) : options);
};

/** Rates of a Friday and a Monday; on Monday the yen has none. */
const RATES: StagedFile = {
  kind: 'currency_rates',
  uploadedAt: UPLOADED,
  rows: [
    { currency: 'USD', rate_date: '2025-03-28', rate: '1.08' },
    { currency: 'GBP', rate_date: '2025-03-28', rate: '0.84' },
    { currency: 'JPY', rate_date: '2025-03-28', rate: '162' },
    { currency: 'USD', rate_date: '2025-03-31', rate: '1.1' },
    { currency: 'GBP', rate_date: '2025-03-31', rate: '0.83' },
  ],
};

/** Orders of a day in Berlin with one item each. @param cells day of March 2025, currency and price */
function pricedOrders(...cells: readonly (readonly [day: number, currency: string | null, price: string])[]) {
  const created_at = (day: number) => `2025-03-${day}T10:00:00Z`;
  const orders = cells.map(([day, currency], index) => ({
    order_id: String(index + 1),
    user_id: '7',
    created_at: created_at(day),
    num_of_item: '1',
    currency,
  }));
  const items = cells.map(([day, , price], index) => ({
    id: String(index + 1),
    order_id: String(index + 1),
    product_id: '1',
    created_at: created_at(day),
    sale_price: price,
    status: index === 1 ? 'returned' : 'complete',
  }));
  return [
    { kind: 'orders', uploadedAt: UPLOADED, rows: orders },
    { kind: 'order_items', uploadedAt: UPLOADED, rows: items },
  ];
}

/** Rows as text, in order. */
async function rows(view: string, columns: string): Promise<string[]> {
  const cells = columns.split(' ').map((column) => `coalesce(${column}::text, '-')`);
  const { rows } = await warehouse.query(
    `select concat_ws(' ', ${cells.join(', ')}) as row from ${view} order by 1`,
  );
  return rows.map(({ row }) => row);
}

function cases(): void {
  test('daily_sales: orders, pieces and returns of each day in the reporting time zone, without orders of no items', async () => {
    await load(
      {
        kind: 'orders',
        uploadedAt: UPLOADED,
        rows: [
          {
            order_id: '1',
            user_id: '7',
            status: 'Returned',
            created_at: '2025-03-31T21:30:00Z',
            num_of_item: '2',
          },
          {
            order_id: '2',
            user_id: '7',
            status: 'complete',
            created_at: '2025-03-31T10:00:00Z',
            num_of_item: '1',
          },
          {
            order_id: '3',
            user_id: '8',
            status: 'complete',
            created_at: '2025-03-31T22:00:00Z',
            num_of_item: '1',
          },
          {
            order_id: '4',
            user_id: '8',
            status: 'complete',
            created_at: '2025-04-01T10:00:00Z',
            num_of_item: '0',
          },
        ],
      },
      {
        kind: 'order_items',
        uploadedAt: UPLOADED,
        rows: [
          {
            id: '1',
            order_id: '1',
            product_id: '1',
            status: 'returned',
            sale_price: '12.505',
            quantity: '3',
          },
          { id: '2', order_id: '1', product_id: '2', status: 'complete', sale_price: '4' },
          { id: '3', order_id: '2', product_id: '1', status: 'complete', sale_price: '5', quantity: '1' },
          { id: '4', order_id: '3', product_id: '9', status: 'complete', sale_price: '1' },
          { id: '5', order_id: '4', product_id: '1', status: 'complete', sale_price: '1' },
          { id: '6', order_id: '2', product_id: '1', status: 'complete', sale_price: '0' },
          { id: '7', order_id: '9', product_id: '1', status: 'complete', sale_price: '1' },
        ].map((row) => ({ quantity: null, ...row, created_at: '2025-03-31T10:00:00Z' })),
      },
    );
    expect(
      await rows(
        'daily_sales',
        'order_date orders returned_orders units revenue returned_units returned_revenue',
      ),
    ).toEqual(['2025-03-31 2 1 5 21.5050 3 12.5050', '2025-04-01 1 0 1 1.0000 0 0']);
  });

  test("revenue in the shop's currency: at the rates of the day, or the last ones before it; orders without a rate are counted", async () => {
    await load(
      RATES,
      ...pricedOrders(
        // On the weekend, at the rates of Friday.
        [29, 'EUR', '100'],
        [30, 'GBP', '84'],
        [31, null, '50'],
        [31, 'usd', '1.2345'],
        // The yen at its rate of Friday, the dollar at that of Monday.
        [31, 'JPY', '162'],
        // 0.00055, rounded half up.
        [31, 'EUR', '0.0005'],
        [31, 'CHF', '20'],
        // The KPIs do not include the item.
        [31, 'CHF', '0'],
        // Before the first rate.
        [27, 'GBP', '10'],
      ),
    );
    await reload('USD');
    expect(
      await rows(
        'order_sales',
        'order_id currency_code revenue shop_revenue shop_returned_revenue rate_date',
      ),
    ).toEqual([
      '1 EUR 100.0000 108.0000 0 2025-03-28',
      '2 GBP 84.0000 108.0000 108.0000 2025-03-28',
      '3 USD 50.0000 50.0000 0 -',
      '4 USD 1.2345 1.2345 0 -',
      '5 JPY 162.0000 1.1000 0 2025-03-28',
      '6 EUR 0.0005 0.0006 0 2025-03-31',
      '7 CHF 20.0000 - 0 2025-03-31',
      '8 CHF 0 0 0 2025-03-31',
      '9 GBP 10.0000 - 0 -',
    ]);
    expect(await rows('item_sales', 'order_item_id currency_code revenue shop_revenue')).toEqual([
      '1 EUR 100.0000 108.0000',
      '2 GBP 84.0000 108.0000',
      '3 USD 50.0000 50.0000',
      '4 USD 1.2345 1.2345',
      '5 JPY 162.0000 1.1000',
      '6 EUR 0.0005 0.0006',
      '7 CHF 20.0000 -',
      '9 GBP 10.0000 -',
    ]);
    expect(
      await rows('daily_sales', 'order_date orders revenue returned_revenue orders_without_rate'),
    ).toEqual([
      '2025-03-27 1 0 0 1',
      '2025-03-29 1 108.0000 0 0',
      '2025-03-30 1 108.0000 108.0000 0',
      '2025-03-31 6 52.3351 0 1',
    ]);
    expect(
      await rows(
        'currency_sales',
        'order_date currency_code orders units revenue shop_revenue orders_without_rate',
      ),
    ).toEqual([
      '2025-03-27 GBP 1 1 10.0000 0 1',
      '2025-03-29 EUR 1 1 100.0000 108.0000 0',
      '2025-03-30 GBP 1 1 84.0000 108.0000 0',
      '2025-03-31 CHF 2 1 20.0000 0 1',
      '2025-03-31 EUR 1 1 0.0005 0.0006 0',
      '2025-03-31 JPY 1 1 162.0000 1.1000 0',
      '2025-03-31 USD 2 2 51.2345 51.2345 0',
    ]);
    // The euro needs no rate of its own.
    await reload('EUR');
    expect(
      await rows('daily_sales', 'order_date orders revenue returned_revenue orders_without_rate'),
    ).toEqual([
      '2025-03-27 1 0 0 1',
      '2025-03-29 1 100.0000 0 0',
      '2025-03-30 1 100.0000 100.0000 0',
      // 50 and 0.0005 as they are, 1.2345 / 1.1 = 1.12227..., and 1.
      '2025-03-31 6 52.1228 0 1',
    ]);
    // Without a currency of the shop, only orders without one can be added up.
    await reload(undefined);
    expect(await rows('daily_sales', 'order_date orders revenue orders_without_rate')).toEqual([
      '2025-03-27 1 0 1',
      '2025-03-29 1 0 1',
      '2025-03-30 1 0 1',
      '2025-03-31 6 50.0000 4',
    ]);
  });

  test("event_amounts: values and prices of events in the shop's currency", async () => {
    const at = '2025-03-30T10:00:00Z';
    await load(
      RATES,
      ...eventsOf([
        {
          id: 'c1',
          name: 'purchase',
          time: at,
          value: '84',
          currency: 'GBP',
          items: [['p1', undefined, '42']],
        },
        { id: 'c2', name: 'purchase', time: at, value: '5', currency: null },
        { id: 'c3', name: 'purchase', time: at, value: '5', currency: 'CHF' },
        { id: 'c4', name: 'page_view', time: at },
      ]),
    );
    await reload('USD');
    expect(
      await rows('event_amounts', 'event_id currency_code value shop_value price shop_price rate_date'),
    ).toEqual([
      'c1 GBP 84.0000 108.0000 42.0000 54.0000 2025-03-28',
      'c2 - 5.0000 5.0000 - - -',
      'c3 CHF 5.0000 - - - 2025-03-28',
    ]);
  });

  test('list_engagement: a view with a list is a click unless the session selected the product there', async () => {
    const v1 = { visitor: 'v1', session: 's1' };
    await load(
      ...eventsOf([
        {
          id: 'e1',
          name: 'view_item_list',
          time: '2026-11-28T22:50:00Z',
          ...v1,
          items: [
            ['p1', 'sale'],
            [null, 'sale'],
          ],
        },
        { id: 'e2', name: 'select_item', time: '2026-11-28T22:50:05Z', ...v1, items: [['p1', 'sale']] },
        // A click on p2 alone, on the next day in Berlin.
        {
          id: 'e3',
          name: 'view_item',
          time: '2026-11-28T23:10:00Z',
          ...v1,
          items: [
            ['p1', 'sale'],
            ['p2', 'sale'],
          ],
        },
        // Without a list, nothing; a program does not count.
        { id: 'e4', name: 'view_item', time: '2026-11-28T22:51:00Z', ...v1, items: [['p3']] },
        {
          id: 'e5',
          name: 'view_item_list',
          time: '2026-11-28T22:51:00Z',
          ...v1,
          isBot: true,
          items: [['p1', 'sale']],
        },
        // Another visitor, who leaves at once, and an event of nobody.
        {
          id: 'e6',
          name: 'view_item_list',
          time: '2026-11-28T12:00:00Z',
          visitor: 'v2',
          items: [['p1', 'sale']],
        },
        { id: 'e7', name: 'view_item', time: '2026-11-28T12:00:00Z', items: [['p1', 'sale']] },
        // The same visitor after 30 minutes and a second is another session.
        {
          id: 'e8',
          name: 'view_item_list',
          time: '2026-11-28T12:30:01Z',
          visitor: 'v2',
          items: [['p1', 'new']],
        },
        { id: 'e9', name: 'page_view', time: '2026-11-28T13:00:01Z', visitor: 'v2' },
      ]),
    );
    expect(
      await rows('list_engagement', 'list_name event_date impressions clicks ctr sessions engaged_sessions'),
    ).toEqual(['new 2026-11-28 1 0 0.00 1 1', 'sale 2026-11-28 3 2 66.67 2 1', 'sale 2026-11-29 0 1 - 1 1']);
  });

  test('product_funnel: a repeated purchase of a transaction does not count', async () => {
    const at = (minute: number) => `2026-11-28T10:0${minute}:00Z`;
    await load(
      ...eventsOf([
        { id: 'a1', name: 'view_item', time: at(0), visitor: 'v1', items: [['p1'], ['p2']] },
        { id: 'a2', name: 'view_item', time: at(1), visitor: 'v2', items: [['p1']] },
        { id: 'a3', name: 'view_item', time: at(2), visitor: 'v2', items: [['p1']] },
        { id: 'a4', name: 'add_to_cart', time: at(3), visitor: 'v2', items: [['p1']] },
        { id: 'a5', name: 'begin_checkout', time: at(4), visitor: 'v2', items: [['p1']] },
        { id: 'a6', name: 'purchase', time: at(5), visitor: 'v2', transaction: 't1', items: [['p1']] },
        {
          id: 'a7',
          name: 'purchase',
          time: at(6),
          visitor: 'v2',
          transaction: 't1',
          items: [['p1'], ['p2']],
        },
        { id: 'a8', name: 'purchase', time: at(7), visitor: 'v3', items: [['p3']] },
      ]),
    );
    expect(
      await rows(
        'product_funnel',
        'product_id event_date views carts checkouts purchases view_to_cart view_to_purchase',
      ),
    ).toEqual([
      'p1 2026-11-28 3 1 1 1 33.33 33.33',
      'p2 2026-11-28 1 0 0 0 0.00 0.00',
      'p3 2026-11-28 0 0 0 1 - -',
    ]);
  });
}

/** Redshift has no events within seconds. */
function liveCases(): void {
  test('live_sales and live_funnel: the last 5 minutes, hour and day; of a transaction the earliest purchase', async () => {
    const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
    await load(
      ...eventsOf([
        { id: 'b1', name: 'view_item', time: ago(1), visitor: 'v1', items: [['p1']] },
        { id: 'b2', name: 'view_item', time: ago(2), visitor: 'v1', items: [['p1'], ['p2']] },
        { id: 'b3', name: 'purchase', time: ago(2), visitor: 'v1', transaction: 't1', value: '10' },
        { id: 'b4', name: 'purchase', time: ago(30), visitor: 'v1', transaction: 't1', value: '10' },
        { id: 'b5', name: 'add_to_cart', time: ago(40), visitor: 'v2' },
        { id: 'b6', name: 'begin_checkout', time: ago(100), visitor: 'v2' },
        { id: 'b7', name: 'purchase', time: ago(101), visitor: 'v2', value: '2.5' },
        { id: 'b8', name: 'purchase', time: ago(102), visitor: 'v3' },
        { id: 'b9', name: 'page_view', time: ago(1), visitor: 'v9', isBot: true },
        { id: 'b10', name: 'purchase', time: ago(1500), visitor: 'v3', value: '7' },
      ]),
    );
    expect(await rows('live_sales', 'minutes currency_code purchases revenue')).toEqual([
      '1440 - 1 0',
      '1440 EUR 2 12.5000',
      '60 EUR 1 10.0000',
    ]);
    expect(await rows('live_funnel', 'minutes events visitors viewed carted checked_out purchased')).toEqual([
      '1440 8 3 1 1 1 3',
      '5 3 1 1 0 0 1',
      '60 5 2 1 1 0 1',
    ]);
  });
}

describe('views in PGlite', () => {
  useServer(startPgliteServer);
  cases();
  liveCases();
});

describeWithPostgres('views by the statements for Redshift', () => {
  useServer(startPostgres, 'redshift');
  cases();
});

describeWithPostgres('views in PostgreSQL', () => {
  useServer(startPostgres);
  cases();
  liveCases();
});
