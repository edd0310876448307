import { createCatalog } from '../../catalog/catalog';
import { definitions } from '../../catalog/definitions';
import { eventFiles, type SentEvent } from './event-rows';
import { type StagedFile, stageRows } from './stage-rows';
import { TaskPipeline } from './task-pipeline';
import { type LoadOptions, loadWarehouse } from './warehouse-load';

/** The star schema reads no marts. */
export const warehouseCatalog = createCatalog({ ...definitions, marts: [] });
export const SHOP_TIME_ZONE = 'Europe/Berlin';

const CURRENCY = 'EUR';
const UPLOADED = Date.UTC(2025, 2, 12);

/** A day of March 2025, at noon in Berlin. */
const at = (day: number) => `2025-03-${String(day).padStart(2, '0')}T11:00:00Z`;

/** The mug costs more from the 5th on. */
const PRODUCTS: readonly StagedFile[] = [
  {
    kind: 'products',
    uploadedAt: Date.UTC(2025, 2, 1),
    rows: [
      ['1', 'Mug', 'Kitchen', '4', '10'],
      ['2', 'Pan', 'Kitchen', '20', '40'],
      ['3', 'Lamp', 'Living', '15', '30'],
      ['4', 'Rug', 'Living', '50', '100'],
    ].map(productRow),
  },
  {
    kind: 'products',
    uploadedAt: Date.UTC(2025, 2, 5),
    rows: [['1', 'Mug', 'Kitchen', '5', '12']].map(productRow),
  },
];

function productRow([id = '', name = '', category = '', cost = '', retail_price = '']: string[]) {
  return { id, name, category, cost, retail_price, department: 'Home' };
}

/** Rates of a Monday and a Friday; none for the franc. */
const RATES: StagedFile = {
  kind: 'currency_rates',
  uploadedAt: UPLOADED,
  rows: [
    { currency: 'USD', rate_date: '2025-03-03', rate: '1.05' },
    { currency: 'GBP', rate_date: '2025-03-03', rate: '0.82' },
    { currency: 'USD', rate_date: '2025-03-07', rate: '1.08' },
    { currency: 'GBP', rate_date: '2025-03-07', rate: '0.84' },
  ],
};

/** Product, pieces and price of all of them. */
type Line = readonly [product: string, pieces: string, price: string];

/** Customer, day, currency, and the lines; the sixth order was returned. */
const ORDERS: readonly (readonly [user: string, day: number, currency: string | null, ...lines: Line[]])[] = [
  ['1', 3, null, ['1', '2', '20']],
  ['2', 3, 'USD', ['2', '1', '42']],
  ['3', 4, 'GBP', ['3', '1', '24.60']],
  ['1', 6, 'EUR', ['1', '1', '12'], ['2', '1', '40']],
  ['4', 8, 'USD', ['4', '1', '108']],
  ['2', 8, 'GBP', ['1', '1', '10.08']],
  ['5', 9, 'CHF', ['3', '1', '30']],
  ...['6', '7', '8', '9', '10'].map((user) => [user, 10, null, ['1', '1', '12']] as const),
];
const RETURNED = 6;

function orderFiles(): StagedFile[] {
  const status = (order: number) => (order === RETURNED ? 'Returned' : 'Complete');
  const orders = ORDERS.map(([user_id, day, currency, ...lines], index) => ({
    order_id: String(index + 1),
    user_id,
    status: status(index + 1),
    created_at: at(day),
    num_of_item: String(lines.length),
    currency,
  }));
  const items = ORDERS.flatMap(([user_id, day, , ...lines], index) =>
    lines.map(([product_id, quantity, sale_price], line) => ({
      id: `${index + 1}${line}`,
      order_id: String(index + 1),
      user_id,
      product_id,
      status: status(index + 1),
      created_at: at(day),
      quantity,
      sale_price,
    })),
  );
  return [
    { kind: 'orders', uploadedAt: UPLOADED, rows: orders },
    { kind: 'order_items', uploadedAt: UPLOADED, rows: items },
  ];
}

/** One session each, with a minute between two events. */
const VISITS: Readonly<
  Record<
    string,
    { readonly channel: string; readonly isBot?: boolean; readonly steps: readonly Partial<SentEvent>[] }
  >
> = {
  v1: {
    channel: 'Organic Search',
    steps: [
      {
        name: 'view_item_list',
        items: [
          ['1', 'Bestsellers'],
          ['2', 'Bestsellers'],
        ],
      },
      { name: 'select_item', items: [['1', 'Bestsellers']] },
      // The session selected it there, so this is no other click.
      { name: 'view_item', items: [['1', 'Bestsellers']] },
      { name: 'add_to_cart', items: [['1']] },
      { name: 'begin_checkout', items: [['1']] },
      { name: 'purchase', transaction: 't1', value: '12', items: [['1']] },
      // The page was loaded again.
      { name: 'purchase', transaction: 't1', value: '12', items: [['1']] },
    ],
  },
  v2: {
    channel: 'Paid Search',
    steps: [
      {
        name: 'view_item_list',
        items: [
          ['1', 'Bestsellers'],
          ['2', 'Bestsellers'],
        ],
      },
      { name: 'view_item', items: [['2', 'Bestsellers']] },
      { name: 'add_to_cart', items: [['2']] },
    ],
  },
  v3: {
    channel: 'Direct',
    steps: [
      {
        name: 'view_item_list',
        items: [
          ['2', 'New'],
          ['3', 'New'],
          ['4', 'New'],
        ],
      },
      { name: 'select_item', items: [['3', 'New']] },
      { name: 'view_item', items: [['3']] },
    ],
  },
  v4: {
    channel: 'Paid Search',
    steps: [
      { name: 'view_item', items: [['1']] },
      { name: 'add_to_cart', items: [['1']] },
      { name: 'begin_checkout', items: [['1']] },
      { name: 'purchase', transaction: 't2', value: '12.96', currency: 'USD', items: [['1']] },
    ],
  },
  v5: {
    channel: 'Email',
    steps: [
      { name: 'view_item', items: [['4']] },
      { name: 'view_item', items: [['2']] },
    ],
  },
  robot: { channel: 'Direct', isBot: true, steps: [{ name: 'view_item', items: [['2']] }] },
};

const events = (): SentEvent[] =>
  Object.entries(VISITS).flatMap(([visitor, { channel, isBot = false, steps }]) =>
    steps.map((step, minute) => ({
      id: `${visitor}-${minute}`,
      name: '',
      time: `2025-03-10T09:0${minute}:00Z`,
      visitor,
      session: `session of ${visitor}`,
      channel,
      isBot,
      ...step,
    })),
  );

/** Stages the days of a small shop, with rows of every kind, and refreshes its marts. */
export const stageShop = (pipeline: TaskPipeline): Promise<string> =>
  stageRows(pipeline, [...PRODUCTS, RATES, ...orderFiles(), ...eventFiles(events(), UPLOADED)]);

/** Loads the days of a small shop, which one can compute by hand, into an empty database. @param as changes the load */
export async function loadShop(
  url: string,
  as = (options: LoadOptions): LoadOptions => options,
  catalog = warehouseCatalog,
): Promise<void> {
  const pipeline = new TaskPipeline(SHOP_TIME_ZONE, catalog);
  try {
    await stageShop(pipeline);
    const { bucket } = pipeline;
    await loadWarehouse(as({ bucket, catalog, url, timeZone: SHOP_TIME_ZONE, currency: CURRENCY }));
  } finally {
    pipeline.close();
  }
}
