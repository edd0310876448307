/**
 * Computes every mart in memory, with the columns of its view, from the latest version of every row. Tests compare the pipeline with
 * it. Written from the definitions of the marts, independently of the SQL and of tasks/. Sums and quotients are BigInt, without floats.
 */

import { type CountedItem, counted } from './counted';
import { customerValue } from './customer-value';
import { entry } from './grouped';
import { inventoryStatus } from './inventory-status';
import { computeKpis } from './kpis';
import type { MartRow, Sales } from './mart-row';
import { exact, money, percent } from './rounded';
import { IDENTITIES, type Id, type Versions } from './rows';

/** The rows of each mart, in any order. @param timeZone the reporting time zone, an IANA name */
export function computeMarts(
  versions: Versions,
  timeZone = 'UTC',
  identities = IDENTITIES,
): Readonly<Record<string, readonly MartRow[]>> {
  const { orders, items } = counted(versions, timeZone, identities);
  const days = new Map<string, Sales>();
  const customers = new Map<Id, Map<string, Sales>>();
  for (const { day, userId, isReturned } of orders) {
    const of = [entry(days, day, newSales)];
    if (userId !== null) of.push(entry(entry(customers, userId, newDays), day, newSales));
    for (const sales of of) {
      sales.orders += 1n;
      if (isReturned) sales.returnedOrders += 1n;
    }
  }
  const products = new Map<Id, Map<string, ProductDay>>();
  for (const item of items) {
    const { day, userId } = item.order;
    add(entry(days, day, newSales), item);
    if (userId !== null) add(entry(entry(customers, userId, newDays), day, newSales), item);
    const sold = entry(entry(products, item.productId, newProductDays), day, newProductDay);
    add(sold, item);
    sold.orderIds.add(item.orderId);
    sold.cost = sold.cost === null || item.cost === null ? null : sold.cost + item.cost;
  }
  const productSales = [...products].flatMap(([product, byDay]) =>
    [...byDay].map(([day, sold]) => ({ product, day, ...sold })),
  );
  const kpis = computeKpis(versions, timeZone, identities);
  return {
    order_days: [...days].map(([order_date, sales]) => ({
      order_date,
      orders: `${sales.orders}`,
      returned_orders: `${sales.returnedOrders}`,
      units: `${sales.units}`,
      revenue: exact(sales.revenue),
    })),
    customer_days: [...customers].flatMap(([user, byDay]) =>
      [...byDay].map(([order_date, sales]) => ({
        user_id: `${user}`,
        order_date,
        orders: `${sales.orders}`,
        returned_orders: `${sales.returnedOrders}`,
        units: `${sales.units}`,
        revenue: exact(sales.revenue),
        returned_units: `${sales.returnedUnits}`,
        returned_revenue: exact(sales.returnedRevenue),
      })),
    ),
    order_kpis: kpis.order_kpis.map(asText),
    category_kpis: kpis.category_kpis.map(asText),
    product_sales: productSales.map((sold) => ({
      product_id: `${sold.product}`,
      order_date: sold.day,
      orders: `${sold.orderIds.size}`,
      units: `${sold.units}`,
      revenue: money(sold.revenue),
      cost: sold.cost === null ? null : money(sold.cost),
      margin: sold.cost === null ? null : money(sold.revenue - sold.cost),
      returned_units: `${sold.returnedUnits}`,
      returned_revenue: money(sold.returnedRevenue),
    })),
    customer_value: customerValue(customers, [...days.keys()].sort().at(-1)),
    cohort_kpis: cohortKpis(customers),
    inventory_status: inventoryStatus(versions.inventory ?? [], identities.inventory, productSales, [
      ...days.keys(),
    ]),
  };
}

interface ProductDay extends Sales {
  orderIds: Set<Id>;
  cost: bigint | null;
}

const newSales = (): Sales => ({
  orders: 0n,
  returnedOrders: 0n,
  units: 0n,
  revenue: 0n,
  returnedUnits: 0n,
  returnedRevenue: 0n,
});
const newDays = () => new Map<string, Sales>();
const newProductDay = (): ProductDay => ({ ...newSales(), orderIds: new Set(), cost: 0n });
const newProductDays = () => new Map<string, ProductDay>();

function add(sales: Sales, { price, pieces, isReturned }: CountedItem): void {
  sales.units += pieces;
  sales.revenue += price;
  if (!isReturned) return;
  sales.returnedUnits += pieces;
  sales.returnedRevenue += price;
}

/** A customer is in the cohort of the month of the first order, and active in a month with an order. */
function cohortKpis(customers: ReadonlyMap<Id, ReadonlyMap<string, Sales>>): MartRow[] {
  const cohorts = new Map<string, Map<number, { users: Set<Id>; revenue: bigint }>>();
  for (const [user, days] of customers) {
    const cohort = ([...days.keys()].sort()[0] ?? '').slice(0, 7);
    for (const [day, { revenue }] of days) {
      const months = entry(cohorts, cohort, () => new Map<number, { users: Set<Id>; revenue: bigint }>());
      const month = entry(months, monthOf(day) - monthOf(cohort), () => ({ users: new Set(), revenue: 0n }));
      month.users.add(user);
      month.revenue += revenue;
    }
  }
  return [...cohorts].flatMap(([cohort, months]) => {
    const size = months.get(0)?.users.size ?? 0;
    return [...months].map(([since, { users, revenue }]) => ({
      cohort_month: `${cohort}-01`,
      months_since: `${since}`,
      active_customers: `${users.size}`,
      revenue: money(revenue),
      customers: `${size}`,
      retention_rate: percent(users.size, size),
    }));
  });
}

/** Months since year 0 of `2025-03` or a day in it. */
function monthOf(day: string): number {
  const [year = 0, month = 0] = day.split('-').map(Number);
  return year * 12 + month;
}

const asText = (row: object): MartRow =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, String(value)]));
