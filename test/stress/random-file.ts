import { csv, ORDER_ITEMS, ORDERS, PRODUCTS } from '../builders/csv';
import type { Random } from './random';

const HEADERS = {
  products: PRODUCTS,
  orders: ORDERS,
  order_items: ORDER_ITEMS,
  orders_bad: ORDERS,
};
type Name = keyof typeof HEADERS;

/** So small a shop that most rows are new versions of others. */
const SHOP = { products: 12, orders: 120, order_items: 300, orders_bad: 1000 };

export interface RandomFile {
  readonly key: string;
  readonly name: Name;
  /** Of its rows; one may come twice. */
  readonly ids: readonly number[];
  readonly csv: string;
  readonly isGood: boolean;
}

/** A file of a few rows, nearly always a good one, under a key of its own. */
export function randomFile(random: Random, n: number): RandomFile {
  const name = random.pick<Name>([
    'orders',
    'orders',
    'order_items',
    'order_items',
    'products',
    'orders_bad',
  ]);
  const ids = Array.from({ length: 1 + random.upTo(8) }, () => random.upTo(SHOP[name]));
  const key = `input/${random.pick(['', 'eu/', 'us/'])}${name}_${n}.csv`;
  return { key, name, ids, csv: csvOf(random, name, ids), isGood: name !== 'orders_bad' };
}

/** Other values for the same rows: so it does not matter whether those that it replaces ever came in. */
export function changedFile(random: Random, file: RandomFile): RandomFile {
  return { ...file, csv: csvOf(random, file.name, file.ids) };
}

const csvOf = (random: Random, name: Name, ids: readonly number[]): string =>
  csv(HEADERS[name], ...ids.map((id) => rowOf(random, name, id)));

function rowOf(random: Random, name: Name, id: number): string {
  const status = () => random.pick(['delivered', 'returned', 'shipped', 'Cancelled']);
  const day = () => `2025-0${1 + random.upTo(3)}-${String(1 + random.upTo(20)).padStart(2, '0')}T10:00:00`;
  const price = () => `${1 + random.upTo(90)}.${10 + random.upTo(90)}`;
  switch (name) {
    case 'orders':
      return `${id},${random.upTo(20)},${status()},${day()},,,,${random.upTo(4)}`;
    case 'order_items': {
      const [order, product] = [random.upTo(SHOP.orders), random.upTo(SHOP.products)];
      return `${id},${order},7,${product},${status()},${day()},,,,${price()}`;
    }
    case 'products': {
      const [category, department] = [random.pick(['Toys', 'Books', '']), random.pick(['Kids', 'Home'])];
      return `${id},S,${price()},${category},N,B,${price()},${department}`;
    }
    case 'orders_bad':
      return `x${id},1,delivered,never,,,,1`;
  }
}
