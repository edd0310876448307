/**
 * Both KPI tables computed in memory from the latest version of every row, for tests to hold the pipeline against.
 * Written from the rules, apart from the SQL: sums and quotients are BigInt, no floats, nothing of tasks/.
 */

/**
 * A cell as it was understood: `int64` a bigint, `money` a bigint of ten-thousandths, `timestamp` a bigint of
 * microseconds since 1970 UTC, `text` the string as it came; null for a cell without a value.
 */
export type Cell = bigint | string | null;

/** One good row of one file. */
export interface RowVersion {
  /** By column name; a column that is not there counts as null. */
  readonly cells: Readonly<Record<string, Cell>>;
  /** Milliseconds since 1970 UTC. */
  readonly uploadedAt: number;
  /** The file's key in the bucket. */
  readonly key: string;
  readonly line: number;
}

const UNKNOWN_CATEGORY = 'Unknown';

export type Kind = 'products' | 'orders' | 'order_items';

export type Versions = Readonly<Record<Kind, readonly RowVersion[]>>;

/** Money and percent are strings with two decimals, `1234.50`. */
export interface OrderKpi {
  readonly order_date: string;
  readonly total_orders: number;
  readonly total_revenue: string;
  readonly total_items_sold: number;
  readonly unique_customers: number;
  readonly return_rate: string;
  readonly returned_orders: number;
}

export interface CategoryKpi {
  readonly category: string;
  readonly order_date: string;
  readonly daily_revenue: string;
  readonly avg_order_value: string;
  readonly avg_return_rate: string;
  readonly orders: number;
  readonly items: number;
  readonly returned_items: number;
}

export interface Kpis {
  /** By order_date. */
  readonly order_kpis: readonly OrderKpi[];
  /** By order_date, then category (code units). */
  readonly category_kpis: readonly CategoryKpi[];
}

/** @param timeZone the reporting time zone, an IANA name */
export function computeKpis(versions: Versions, timeZone = 'UTC'): Kpis {
  const dayOf = dayIn(timeZone);
  const categories = categoryByProduct(latest(versions.products, 'id'));
  const orders = countedOrders(latest(versions.orders, 'order_id'), dayOf);
  const days = new Map<string, Day>();
  for (const order of orders.values()) {
    const day = entry(days, order.day, newDay);
    day.orders += 1;
    day.customers.add(order.userId);
    if (order.returned) day.returnedOrders += 1;
  }
  for (const item of latest(versions.order_items, 'id').values()) {
    const productId = whole(item, 'product_id');
    const price = whole(item, 'sale_price');
    const orderId = whole(item, 'order_id');
    const order = orderId === null ? undefined : orders.get(orderId);
    if (order === undefined || orderId === null || productId === null || price === null || price <= 0n)
      continue;
    const day = entry(days, order.day, newDay);
    day.revenue += price;
    day.items += 1;
    const sales = entry(day.categories, categories.get(productId) ?? UNKNOWN_CATEGORY, newSales);
    sales.revenue += price;
    sales.items += 1;
    sales.orders.add(orderId);
    if (isReturned(item)) sales.returnedItems += 1;
  }
  const sorted = byKey(days);
  return {
    order_kpis: sorted.map(([order_date, day]) => ({
      order_date,
      total_orders: day.orders,
      total_revenue: money(day.revenue, 1),
      total_items_sold: day.items,
      unique_customers: day.customers.size,
      return_rate: percent(day.returnedOrders, day.orders),
      returned_orders: day.returnedOrders,
    })),
    category_kpis: sorted.flatMap(([order_date, day]) =>
      byKey(day.categories).map(([category, sales]) => ({
        category,
        order_date,
        daily_revenue: money(sales.revenue, 1),
        avg_order_value: money(sales.revenue, sales.orders.size),
        avg_return_rate: percent(sales.returnedItems, sales.items),
        orders: sales.orders.size,
        items: sales.items,
        returned_items: sales.returnedItems,
      })),
    ),
  };
}

/**
 * The latest version of every key: by time of upload, then the file's key (UTF-8 bytes), then the line.
 */
export function latest(versions: readonly RowVersion[], keyColumn: string): Map<bigint, RowVersion> {
  const found = new Map<bigint, RowVersion>();
  for (const version of versions) {
    const id = whole(version, keyColumn);
    if (id === null) throw new TypeError(`${version.key}:${version.line}: a row without ${keyColumn} is bad`);
    const held = found.get(id);
    if (held === undefined || isLater(version, held)) found.set(id, version);
  }
  return found;
}

interface CountedOrder {
  readonly day: string;
  readonly userId: bigint;
  readonly returned: boolean;
}

interface Sales {
  revenue: bigint;
  items: number;
  returnedItems: number;
  orders: Set<bigint>;
}

interface Day {
  orders: number;
  returnedOrders: number;
  customers: Set<bigint>;
  revenue: bigint;
  items: number;
  categories: Map<string, Sales>;
}

const newSales = (): Sales => ({ revenue: 0n, items: 0, returnedItems: 0, orders: new Set() });
const newDay = (): Day => ({
  orders: 0,
  returnedOrders: 0,
  customers: new Set(),
  revenue: 0n,
  items: 0,
  categories: new Map(),
});

/** Products that are left out are not in it. */
function categoryByProduct(products: ReadonlyMap<bigint, RowVersion>): Map<bigint, string> {
  const categories = new Map<bigint, string>();
  for (const [id, product] of products) {
    const cost = whole(product, 'cost');
    const retailPrice = whole(product, 'retail_price');
    if (cost === null || cost <= 0n || retailPrice === null || retailPrice <= 0n) continue;
    categories.set(id, trimmed(product, 'category') || UNKNOWN_CATEGORY);
  }
  return categories;
}

function countedOrders(
  orders: ReadonlyMap<bigint, RowVersion>,
  dayOf: (micros: bigint) => string,
): Map<bigint, CountedOrder> {
  const counted = new Map<bigint, CountedOrder>();
  for (const [id, order] of orders) {
    const items = whole(order, 'num_of_item');
    if (items === null || items <= 0n) continue;
    const userId = whole(order, 'user_id');
    const createdAt = whole(order, 'created_at');
    if (userId === null || createdAt === null)
      throw new TypeError(`${order.key}:${order.line}: an order without user_id or created_at is bad`);
    counted.set(id, { day: dayOf(createdAt), userId, returned: isReturned(order) });
  }
  return counted;
}

function isReturned(version: RowVersion): boolean {
  return trimmed(version, 'status').toLowerCase() === 'returned';
}

function isLater(a: RowVersion, b: RowVersion): boolean {
  if (a.uploadedAt !== b.uploadedAt) return a.uploadedAt > b.uploadedAt;
  const keys = Buffer.compare(Buffer.from(a.key), Buffer.from(b.key));
  return keys === 0 ? a.line > b.line : keys > 0;
}

function whole(version: RowVersion, column: string): bigint | null {
  const cell = version.cells[column] ?? null;
  if (typeof cell === 'string') throw new TypeError(`${column}: expected a bigint, got the text ${cell}`);
  return cell;
}

/** White space of every sort goes; a cell without a value is empty. */
function trimmed(version: RowVersion, column: string): string {
  const cell = version.cells[column] ?? '';
  if (typeof cell !== 'string') throw new TypeError(`${column}: expected a text, got the number ${cell}`);
  return cell.trim();
}

function dayIn(timeZone: string): (micros: bigint) => string {
  const fields = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
  const format = new Intl.DateTimeFormat('en-US', { timeZone, calendar: 'iso8601', ...fields });
  return (micros) => {
    // BigInt division goes towards zero; before 1970 a day must not begin early.
    const millis = (micros - (((micros % 1000n) + 1000n) % 1000n)) / 1000n;
    const parts = new Map(format.formatToParts(Number(millis)).map((part) => [part.type, part.value]));
    return `${parts.get('year')?.padStart(4, '0')}-${parts.get('month')}-${parts.get('day')}`;
  };
}

/** Ten-thousandths, divided by a count. */
function money(tenThousandths: bigint, count: number): string {
  return hundredths(tenThousandths, 100n * BigInt(count));
}

function percent(part: number, count: number): string {
  return hundredths(10_000n * BigInt(part), BigInt(count));
}

/** numerator / denominator hundredths, half up, as `1.00`; neither is negative. */
function hundredths(numerator: bigint, denominator: bigint): string {
  const rounded = (2n * numerator + denominator) / (2n * denominator);
  return `${rounded / 100n}.${String(rounded % 100n).padStart(2, '0')}`;
}

function entry<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  const held = map.get(key);
  if (held !== undefined) return held;
  const made = create();
  map.set(key, made);
  return made;
}

function byKey<V>(map: ReadonlyMap<string, V>): [string, V][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
