import type { Random } from './random';

const PRODUCTS = 'id,sku,cost,category,name,brand,retail_price,department';
const ORDERS = 'order_id,user_id,status,created_at,returned_at,shipped_at,delivered_at,num_of_item';
const ITEMS =
  'id,order_id,user_id,product_id,status,created_at,shipped_at,delivered_at,returned_at,sale_price';

/** So small a shop that most rows are new versions of others. */
const SHOP = { products: 12, orders: 120, items: 300 };

/** A file of a few rows, nearly always a good one, under a key of its own. */
export function randomFile(random: Random, n: number): { key: string; csv: string; isGood: boolean } {
  const rows = Array.from({ length: 1 + random.upTo(8) });
  const status = () => random.pick(['delivered', 'returned', 'shipped', 'Cancelled']);
  const day = () => `2025-0${1 + random.upTo(3)}-${String(1 + random.upTo(20)).padStart(2, '0')}T10:00:00`;
  const price = () => `${1 + random.upTo(90)}.${10 + random.upTo(90)}`;
  const file = (name: string, header: string, row: () => string) => ({
    key: `input/${random.pick(['', 'eu/', 'us/'])}${name}_${n}.csv`,
    csv: `${[header, ...rows.map(row)].join('\n')}\n`,
  });
  switch (random.pick(['orders', 'orders', 'items', 'items', 'products', 'bad'])) {
    case 'orders':
      return {
        ...file(
          'orders',
          ORDERS,
          () => `${random.upTo(SHOP.orders)},${random.upTo(20)},${status()},${day()},,,,${random.upTo(4)}`,
        ),
        isGood: true,
      };
    case 'items':
      return {
        ...file('order_items', ITEMS, () => {
          const [id, order, product] = [SHOP.items, SHOP.orders, SHOP.products].map((of) => random.upTo(of));
          return `${id},${order},7,${product},${status()},${day()},,,,${price()}`;
        }),
        isGood: true,
      };
    case 'products':
      return {
        ...file('products', PRODUCTS, () => {
          const [category, department] = [random.pick(['Toys', 'Books', '']), random.pick(['Kids', 'Home'])];
          return `${random.upTo(SHOP.products)},S,${price()},${category},N,B,${price()},${department}`;
        }),
        isGood: true,
      };
    default:
      return { ...file('orders_bad', ORDERS, () => 'x,1,delivered,never,,,,1'), isGood: false };
  }
}
