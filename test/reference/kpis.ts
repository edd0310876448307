/**
 * Computes both KPI tables in memory from the latest version of every row. Tests compare the pipeline with them.
 * Written from the rules, independently of the SQL and of tasks/. Sums and quotients are BigInt, without floats.
 */

import { counted } from './counted';
import { byKey, entry } from './grouped';
import { money, percent } from './rounded';
import { IDENTITIES, type Id, type Versions } from './rows';

export * from './rows';

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
  const { orders, items } = counted(versions, timeZone, identities);
  const days = new Map<string, Day>();
  for (const order of orders) {
    const day = entry(days, order.day, newDay);
    day.orders += 1;
    if (order.userId !== null) day.customers.add(order.userId);
    if (order.isReturned) day.returnedOrders += 1;
  }
  for (const { order, orderId, category, price, pieces, isReturned } of items) {
    const day = entry(days, order.day, newDay);
    day.revenue += price;
    day.items += Number(pieces);
    const sales = entry(day.categories, category, newSales);
    sales.revenue += price;
    sales.items += Number(pieces);
    sales.orders.add(orderId);
    if (isReturned) sales.returnedItems += Number(pieces);
  }
  const sorted = byKey(days);
  return {
    order_kpis: sorted.map(([order_date, day]) => ({
      order_date,
      total_orders: day.orders,
      total_revenue: money(day.revenue),
      total_items_sold: day.items,
      unique_customers: day.customers.size,
      return_rate: percent(day.returnedOrders, day.orders),
      returned_orders: day.returnedOrders,
    })),
    category_kpis: sorted.flatMap(([order_date, day]) =>
      byKey(day.categories).map(([category, sales]) => ({
        category,
        order_date,
        daily_revenue: money(sales.revenue),
        avg_order_value: money(sales.revenue, sales.orders.size),
        avg_return_rate: percent(sales.returnedItems, sales.items),
        orders: sales.orders.size,
        items: sales.items,
        returned_items: sales.returnedItems,
      })),
    ),
  };
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
