/**
 * Computes both KPI tables in memory from the latest version of every row. Tests compare the pipeline with them.
 * Written from the rules, independently of the SQL and of tasks/. Sums and quotients are BigInt, without floats.
 */

/**
 * A parsed cell: `int64` a bigint, `money` a bigint of ten-thousandths, `timestamp` a bigint of microseconds since 1970
 * UTC, `text` the unchanged string; null for a cell without a value.
 */
export type Cell = bigint | string | null;

/** One good row of one file. */
export interface RowVersion {
  /** By column name; a missing column counts as null. */
  readonly cells: Readonly<Record<string, Cell>>;
  /** Milliseconds since 1970 UTC. */
  readonly uploadedAt: number;
  /** The file's key in the bucket. */
  readonly key: string;
  readonly line: number;
}

/** A bigint, or a text as it is. */
export type Id = bigint | string;

/** How rows are identified, and what orders their versions before the time of their upload. */
export interface RowIdentity {
  readonly key: readonly string[];
  readonly version?: string | undefined;
  /** A latest version with this status deletes its key. */
  readonly deletedStatus?: string;
}

export type Identities = Readonly<Record<Kind, RowIdentity>>;

export const IDENTITIES: Identities = {
  products: { key: ['id'] },
  orders: { key: ['order_id'] },
  order_items: { key: ['id'] },
};

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
export function computeKpis(versions: Versions, timeZone = 'UTC', identities = IDENTITIES): Kpis {
  const dayOf = dayIn(timeZone);
  const categories = categoryByProduct(latest(versions.products, identities.products));
  const orders = countedOrders(latest(versions.orders, identities.orders), dayOf);
  const days = new Map<string, Day>();
  for (const order of orders.values()) {
    const day = entry(days, order.day, newDay);
    day.orders += 1;
    day.customers.add(order.userId);
    if (order.returned) day.returnedOrders += 1;
  }
  for (const item of latest(versions.order_items, identities.order_items).values()) {
    const productId = id(item, 'product_id');
    const price = whole(item, 'sale_price');
    const orderId = id(item, 'order_id');
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
 * The latest version of every key, if it does not delete it: by the version column (null first), upload time, the file's key (UTF-8 bytes), the line.
 */
export function latest(
  versions: readonly RowVersion[],
  { key, version: versionColumn, deletedStatus }: RowIdentity,
): Map<string, RowVersion> {
  const found = new Map<string, RowVersion>();
  for (const version of versions) {
    const ids = key.map((name) => id(version, name));
    if (ids.includes(null))
      throw new TypeError(`${version.key}:${version.line}: a row without ${key} is bad`);
    const text = JSON.stringify(ids.map(String));
    const held = found.get(text);
    if (held === undefined || isLater(version, held, versionColumn)) found.set(text, version);
  }
  for (const [text, version] of found)
    if (deletedStatus !== undefined && trimmed(version, 'status') === deletedStatus) found.delete(text);
  return found;
}

interface CountedOrder {
  readonly day: string;
  readonly userId: Id;
  readonly returned: boolean;
}

interface Sales {
  revenue: bigint;
  items: number;
  returnedItems: number;
  orders: Set<Id>;
}

interface Day {
  orders: number;
  returnedOrders: number;
  customers: Set<Id>;
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

/** Excluded products are not in it. */
function categoryByProduct(products: ReadonlyMap<string, RowVersion>): Map<Id | null, string> {
  const categories = new Map<Id | null, string>();
  for (const product of products.values()) {
    const cost = whole(product, 'cost');
    const retailPrice = whole(product, 'retail_price');
    if (cost === null || cost <= 0n || retailPrice === null || retailPrice <= 0n) continue;
    categories.set(id(product, 'id'), trimmed(product, 'category') || UNKNOWN_CATEGORY);
  }
  return categories;
}

function countedOrders(
  orders: ReadonlyMap<string, RowVersion>,
  dayOf: (micros: bigint) => string,
): Map<Id | null, CountedOrder> {
  const counted = new Map<Id | null, CountedOrder>();
  for (const order of orders.values()) {
    const items = whole(order, 'num_of_item');
    if (items === null || items <= 0n) continue;
    const userId = id(order, 'user_id');
    const createdAt = whole(order, 'created_at');
    if (userId === null || createdAt === null)
      throw new TypeError(`${order.key}:${order.line}: an order without user_id or created_at is bad`);
    counted.set(id(order, 'order_id'), { day: dayOf(createdAt), userId, returned: isReturned(order) });
  }
  return counted;
}

function isReturned(version: RowVersion): boolean {
  return trimmed(version, 'status').toLowerCase() === 'returned';
}

function isLater(a: RowVersion, b: RowVersion, versionColumn: string | undefined): boolean {
  const order =
    versionColumn === undefined ? 0 : compareCells(a.cells[versionColumn], b.cells[versionColumn]);
  if (order !== 0) return order > 0;
  if (a.uploadedAt !== b.uploadedAt) return a.uploadedAt > b.uploadedAt;
  const keys = Buffer.compare(Buffer.from(a.key), Buffer.from(b.key));
  return keys === 0 ? a.line > b.line : keys > 0;
}

/** Negative, 0 or positive; null is less than any value. */
function compareCells(a: Cell = null, b: Cell = null): number {
  if (a === null || b === null) return Number(b === null) - Number(a === null);
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a === b ? 0 : a > b ? 1 : -1;
}

const id = (version: RowVersion, column: string): Id | null => version.cells[column] ?? null;

function whole(version: RowVersion, column: string): bigint | null {
  const cell = version.cells[column] ?? null;
  if (typeof cell === 'string') throw new TypeError(`${column}: expected a bigint, got the text ${cell}`);
  return cell;
}

/** Removes white space of any kind; a cell without a value is empty. */
function trimmed(version: RowVersion, column: string): string {
  const cell = version.cells[column] ?? '';
  if (typeof cell !== 'string') throw new TypeError(`${column}: expected a string, got the number ${cell}`);
  return cell.trim();
}

function dayIn(timeZone: string): (micros: bigint) => string {
  const fields = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
  const format = new Intl.DateTimeFormat('en-US', { timeZone, calendar: 'iso8601', ...fields });
  return (micros) => {
    // BigInt division rounds towards zero, which is wrong for days before 1970.
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

/** numerator / denominator in hundredths, rounded half up, as `1.00`; neither is negative. */
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
