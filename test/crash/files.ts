import { csv, ORDER_ITEMS, ORDERS, PRODUCTS } from '../builders/csv';

/** What the crash matrix uploads: a small shop's history, and a batch that changes what it says. */

export interface ShopFile {
  readonly key: string;
  readonly body: string | Uint8Array;
}

const file = (key: string, header: string, rows: readonly string[]): ShopFile => ({
  key: `input/${key}`,
  body: csv(header, ...rows),
});

const CATEGORIES = ['Toys', 'Garden', 'Books'];
const DEPARTMENTS = ['Kids', 'Home'];
/** Orders of one batch of the history, and items of each. */
const ORDERS_A_BATCH = 8;
const ITEMS_AN_ORDER = 2;

const product = (id: number, category = CATEGORIES[id % 3], department = DEPARTMENTS[id % 2]) =>
  `${id},SKU-${id},${id}.50,${category},Product ${id},Brand ${id % 2},${id + 4}.99,${department}`;

/** Two months, so that a table has partitions. */
function dayOf(order: number): string {
  const day = String((order % 9) + 1).padStart(2, '0');
  return `2025-0${(order % 2) + 3}-${day}T10:00:00`;
}

const order = (id: number, status = 'delivered', at = dayOf(id)) =>
  `${id},${100 + (id % 5)},${status},${at},,,,${ITEMS_AN_ORDER}`;

const item = (id: number, ofOrder: number, status = 'delivered', at = dayOf(ofOrder)) =>
  `${id},${ofOrder},${100 + (ofOrder % 5)},${(id % 6) + 1},${status},${at},,,,${(id % 7) + 1}.25`;

const INVENTORY = 'product_id,on_hand,counted_at';
const stock = (product: number, onHand: number, day: number) =>
  `${product},${onHand},2025-03-0${day}T00:00:00`;

/** One batch after the other; of the second on, each also changes an order of the one before. */
export function historyBatches(count: number): ShopFile[][] {
  return Array.from({ length: count }, (_, batch) => {
    const first = batch * ORDERS_A_BATCH + 1;
    const ids = Array.from({ length: ORDERS_A_BATCH }, (_, index) => first + index);
    const changed = batch > 0 ? [order(first - 1, 'returned')] : [];
    const items = ids.flatMap((id) =>
      Array.from({ length: ITEMS_AN_ORDER }, (_, index) => item(id * 10 + index, id)),
    );
    const products = batch === 0 ? [1, 2, 3, 4, 5, 6].map((id) => product(id)) : [];
    return [
      ...(batch === 0 ? [file('products.csv', PRODUCTS, products)] : []),
      ...(batch === 0
        ? [
            file(
              'inventory.csv',
              INVENTORY,
              [1, 2, 3].map((id) => stock(id, 10 * id, 5)),
            ),
          ]
        : []),
      file(`orders_${batch}.csv`, ORDERS, [...ids.map((id) => order(id)), ...changed]),
      file(`order_items_${batch}.csv`, ORDER_ITEMS, items),
    ];
  });
}

const LONELY_DAY = '2025-04-25T10:00:00';

/** The history's last file: an order alone on its day, which the updates move away, so that the day loses its KPIs. */
export const lonelyOrder = (): ShopFile[] => [
  file('orders_lonely.csv', ORDERS, [order(900, 'delivered', LONELY_DAY)]),
  file('order_items_lonely.csv', ORDER_ITEMS, [item(9000, 900, 'delivered', LONELY_DAY)]),
];

/**
 * Status changes, an item moved to another order and month, a product of another category and department, a file with a bad row, two
 * that are rejected, and counts: a later one, an earlier one, and the first of a product.
 */
export function updateBatch(): ShopFile[] {
  const good = [201, 202, 203, 204, 205, 206, 207].map((id) => order(id, 'shipped'));
  return [
    file('products_changed.csv', PRODUCTS, [product(2, 'Kitchen', 'Kids'), product(7)]),
    file('orders_changed.csv', ORDERS, [
      order(1, 'returned'),
      order(2, 'Cancelled'),
      order(900, 'delivered', dayOf(4)),
      order(100, 'delivered', '2025-03-20T00:00:00'),
    ]),
    file('eu/order_items_changed.csv', ORDER_ITEMS, [
      item(10, 3, 'returned'),
      item(9000, 900, 'delivered', dayOf(4)),
      item(1000, 100, 'delivered', '2025-03-20T00:00:00'),
    ]),
    file('orders_partly.csv', ORDERS, [...good, 'x,1,delivered,2025-03-01T10:00:00,,,,1']),
    file('orders_broken.csv', ORDERS, [order(301), 'y,1,delivered,never,,,,1', 'z,1,,,,,,']),
    file('customers.csv', 'customer,city', ['1,Berlin']),
    file('inventory_changed.csv', INVENTORY, [stock(1, 7, 6), stock(2, 99, 4), stock(4, 0, 6)]),
  ];
}
