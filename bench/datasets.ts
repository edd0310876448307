import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { catalog } from '../catalog/catalog';
import { filesOf, type LocalFile } from '../cli/upload';
import { writeEvents } from '../fixtures/generator/events/write-events';
import { generate, headerOf } from '../fixtures/generator/generate';
import { Random } from '../fixtures/generator/random';
import { createShop, type Fields, type Shop, type ShopOptions } from '../fixtures/generator/shop';
import { writeCsv } from '../fixtures/generator/write-csv';
import { type BenchContext, newDirectory } from './context';
import { sum } from './statistics';

const ORDERS_PER_DAY = 2_700;
const ORDERS_PER_FILE = 100_000;
const PRODUCTS = 10_000;
const UPDATES = 0.05;
/** The day after every history: in the middle of a month, so that the newest partition is half full. */
const END = Date.UTC(2025, 5, 15) / 1000;
const DAY = 86_400;

/** The random stream that selects changed orders; the generator uses lower numbers. */
const CHANGED_STREAM = 100;

export interface Dataset {
  readonly shop: Shop;
  /** Files on disk with their keys, in upload order. */
  readonly files: readonly LocalFile[];
  readonly bytes: number;
  /** Rows by kind, including second versions. */
  readonly rows: Readonly<Record<'products' | 'orders' | 'order_items', number>>;
}

export interface DatasetOptions {
  readonly orders: number;
  readonly products?: number;
  /** Number of slices of the orders; second versions add a file. */
  readonly files?: number;
  readonly dirt?: number;
  /** Share of the orders with a second version in a later file. */
  readonly updates?: number;
  readonly days?: number;
  readonly end?: number;
}

const made = new Map<string, Promise<Dataset>>();

/** Files of orders up to the middle of a month. The same options give the same files, written once per run. */
export function dataset(context: BenchContext, options: DatasetOptions): Promise<Dataset> {
  const key = JSON.stringify(options);
  const known = made.get(key);
  if (known) return known;
  const making = makeDataset(context, options);
  made.set(key, making);
  return making;
}

function shopOptionsOf(context: BenchContext, options: DatasetOptions): ShopOptions {
  const { orders, products = PRODUCTS, updates = UPDATES, end = END } = options;
  const days = options.days ?? Math.max(1, Math.round(orders / ORDERS_PER_DAY));
  return { orders, days, products, seed: context.seed, start: end - days * DAY, updates };
}

/** The shop of a dataset, whose files are not written. */
export const shopOf = (context: BenchContext, options: DatasetOptions): Shop =>
  createShop(shopOptionsOf(context, options));

async function makeDataset(context: BenchContext, options: DatasetOptions): Promise<Dataset> {
  const { orders, dirt = 0 } = options;
  const files = options.files ?? Math.max(1, Math.round(orders / ORDERS_PER_FILE));
  const shopOptions = shopOptionsOf(context, options);
  const { days } = shopOptions;
  const out = newDirectory(context, 'data');
  context.say(`writing files of ${orders.toLocaleString('en-US')} orders, ${days} days`);
  const written = await generate({ ...shopOptions, out, dirt, files });
  const rowsOf = (kind: string) =>
    sum(
      written.filter((file) => file.kind === kind),
      ({ rows }) => rows,
    );
  return {
    shop: createShop(shopOptions),
    files: await filesOf([out]),
    bytes: sum(written, ({ bytes }) => bytes),
    rows: {
      products: rowsOf('products'),
      orders: rowsOf('orders'),
      order_items: rowsOf('order_items'),
    },
  };
}

/**
 * The orders after a history, with their items: numbered from `first` after its last one, on the following days, with the same
 * number of orders per day.
 */
export async function newOrders(
  context: BenchContext,
  shop: Shop,
  first: number,
  count: number,
): Promise<LocalFile[]> {
  const ids = Array.from({ length: count }, (_, index) => shop.options.orders + first + index);
  return writeFiles(context, `new-${first}`, {
    orders: ids.map((id) => shop.order(id, 2)),
    order_items: ids.flatMap((id) => shop.items(id, 2)),
  });
}

/** New versions of orders from the whole history, each with a changed status. */
export async function changedOrders(
  context: BenchContext,
  shop: Shop,
  batch: number,
  count: number,
): Promise<LocalFile[]> {
  const random = new Random(context.seed);
  const { orders } = shop.options;
  const status = columnIndex('status');
  const rows = Array.from({ length: count }, (_, index) => {
    const share = (index + random.at(CHANGED_STREAM + batch, index).unit()) / count;
    const fields = shop.order(1 + Math.floor(share * orders), 2);
    fields[status] = fields[status] === 'returned' ? 'delivered' : 'returned';
    return fields;
  });
  return writeFiles(context, `changed-${batch}`, { orders: rows });
}

/** The first orders of a shop, `rowsPerFile` per file. */
export async function orderFiles(
  context: BenchContext,
  shop: Shop,
  files: number,
  rowsPerFile: number,
): Promise<LocalFile[]> {
  const out = newDirectory(context, 'order-files');
  await mkdir(out);
  const header = headerOf('orders');
  for (let file = 0; file < files; file += 1) {
    const ids = Array.from({ length: rowsPerFile }, (_, index) => file * rowsPerFile + index + 1);
    const name = `orders_${String(file + 1).padStart(String(files).length, '0')}.csv`;
    await writeCsv(
      path.join(out, name),
      header,
      ids.map((id) => shop.order(id, 2)),
    );
  }
  return filesOf([out]);
}

async function writeFiles(
  context: BenchContext,
  name: string,
  rows: Partial<Record<'orders' | 'order_items', Fields[]>>,
): Promise<LocalFile[]> {
  const out = newDirectory(context, name);
  await mkdir(out);
  for (const kind of ['orders', 'order_items'] as const) {
    const header = headerOf(kind);
    if (rows[kind]) await writeCsv(path.join(out, `${kind}_${name}.csv`), header, rows[kind]);
  }
  return filesOf([out]);
}

function columnIndex(name: string): number {
  return catalog.contract('orders').columns.findIndex((column) => column.name === name);
}

/** A shop whose visits of one day have so many events. */
export const shopOfEvents = ({ seed }: Pick<BenchContext, 'seed'>, events: number): Shop =>
  createShop({
    orders: Math.ceil(events / 400),
    days: 1,
    products: 2_000,
    seed,
    start: Date.UTC(2026, 10, 1) / 1000,
    updates: 0,
  });

export interface EventFiles {
  /** Of all files. */
  readonly directory: string;
  readonly files: readonly LocalFile[];
  readonly lines: number;
}

/** Raw files of events in the native form, with bots, duplicates, late and invalid ones. */
export async function eventFiles(context: BenchContext, events: number): Promise<EventFiles> {
  const directory = newDirectory(context, 'events');
  const shares = { bots: 0.03, duplicates: 0.01, late: 0.02, invalid: 0.001 };
  const { lines } = await writeEvents(directory, shopOfEvents(context, events), {
    events,
    ...shares,
    form: 'native',
  });
  return { files: await filesOf([directory]), directory: path.join(directory, 'events'), lines };
}
