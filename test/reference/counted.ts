/** The orders and items that the marts include, from the latest version of every row. Independent of the SQL and of tasks/. */

import {
  IDENTITIES,
  type Id,
  type Identities,
  id,
  latest,
  type RowVersion,
  trimmed,
  type Versions,
  whole,
} from './rows';

const UNKNOWN_CATEGORY = 'Unknown';

export interface CountedOrder {
  /** In the reporting time zone, `2025-03-01`. */
  readonly day: string;
  /** Null for an unknown customer. */
  readonly userId: Id | null;
  readonly isReturned: boolean;
}

export interface CountedItem {
  readonly orderId: Id;
  readonly order: CountedOrder;
  readonly productId: Id;
  readonly category: string;
  /** Of all pieces, in ten-thousandths. */
  readonly price: bigint;
  readonly pieces: bigint;
  /** Of all pieces, in ten-thousandths; null if that of the product is unknown. */
  readonly cost: bigint | null;
  readonly isReturned: boolean;
}

export interface Counted {
  readonly orders: readonly CountedOrder[];
  readonly items: readonly CountedItem[];
}

/** @param timeZone the reporting time zone, an IANA name */
export function counted(versions: Versions, timeZone = 'UTC', identities: Identities = IDENTITIES): Counted {
  const products = countedProducts(latest(versions.products, identities.products));
  const orders = countedOrders(latest(versions.orders, identities.orders), dayIn(timeZone));
  const items: CountedItem[] = [];
  for (const item of latest(versions.order_items, identities.order_items).values()) {
    const productId = id(item, 'product_id');
    const price = whole(item, 'sale_price');
    const orderId = id(item, 'order_id');
    const pieces = whole(item, 'quantity') ?? 1n;
    const order = orderId === null ? undefined : orders.get(orderId);
    if (order === undefined || orderId === null || productId === null) continue;
    if (price === null || price <= 0n || pieces <= 0n) continue;
    const product = products.get(productId);
    items.push({
      orderId,
      order,
      productId,
      category: product?.category ?? UNKNOWN_CATEGORY,
      price,
      pieces,
      cost: product ? product.cost * pieces : null,
      isReturned: isReturned(item),
    });
  }
  return { orders: [...orders.values()], items };
}

/** Excluded products are not in it. */
function countedProducts(
  products: ReadonlyMap<string, RowVersion>,
): Map<Id | null, { readonly category: string; readonly cost: bigint }> {
  const counted = new Map<Id | null, { category: string; cost: bigint }>();
  for (const product of products.values()) {
    const cost = whole(product, 'cost');
    const retailPrice = whole(product, 'retail_price');
    if (cost === null || cost <= 0n || retailPrice === null || retailPrice <= 0n) continue;
    counted.set(id(product, 'id'), { category: trimmed(product, 'category') || UNKNOWN_CATEGORY, cost });
  }
  return counted;
}

function countedOrders(
  orders: ReadonlyMap<string, RowVersion>,
  dayOf: (micros: bigint) => string,
): Map<Id | null, CountedOrder> {
  const counted = new Map<Id | null, CountedOrder>();
  for (const order of orders.values()) {
    const items = whole(order, 'num_of_item');
    if (items === null || items <= 0n) continue;
    const createdAt = whole(order, 'created_at');
    if (createdAt === null)
      throw new TypeError(`${order.key}:${order.line}: an order without created_at is bad`);
    counted.set(id(order, 'order_id'), {
      day: dayOf(createdAt),
      userId: id(order, 'user_id'),
      isReturned: isReturned(order),
    });
  }
  return counted;
}

function isReturned(version: RowVersion): boolean {
  return trimmed(version, 'status').toLowerCase() === 'returned';
}

/** The day of an instant in a time zone, as `2025-03-01`. */
export function dayIn(timeZone: string): (micros: bigint) => string {
  const fields = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
  const format = new Intl.DateTimeFormat('en-US', { timeZone, calendar: 'iso8601', ...fields });
  return (micros) => {
    // BigInt division rounds towards zero, which is wrong for days before 1970.
    const millis = (micros - (((micros % 1000n) + 1000n) % 1000n)) / 1000n;
    const parts = new Map(format.formatToParts(Number(millis)).map((part) => [part.type, part.value]));
    return `${parts.get('year')?.padStart(4, '0')}-${parts.get('month')}-${parts.get('day')}`;
  };
}
