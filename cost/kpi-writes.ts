import type { DeploymentCounts } from './deployment-counts';
import { CATEGORIES, CHANGED_DAYS, CUSTOMER_ORDERS, ORDER_ROWS, PRODUCTS } from './measured';
import type { Usage } from './usage';

/**
 * Writes of a batch of orders and items to the tables of marts, by the end of their names, which may have a prefix. An index is
 * written with its table. `InventoryStatus` changes with files of stock alone.
 */
export function kpiWrites(rows: number, tables: DeploymentCounts['tables']): Usage[] {
  const { orders, items } = sold(rows);
  const changed: Readonly<Record<string, { readonly items: number; readonly what: string }>> = {
    OrderKPIs: { items: CHANGED_DAYS, what: `${CHANGED_DAYS} days` },
    CategoryKPIs: {
      items: CHANGED_DAYS * CATEGORIES,
      what: `${CATEGORIES} categories on ${CHANGED_DAYS} days`,
    },
    ProductSales: {
      items: distinct(items, CHANGED_DAYS * PRODUCTS),
      what: `products on ${CHANGED_DAYS} days, of ${PRODUCTS.toLocaleString('en-US')}`,
    },
    CustomerValue: { items: orders, what: 'a customer for each order' },
  };
  return tables.flatMap(({ name, indexes }): Usage[] => {
    const [, found] = Object.entries(changed).find(([end]) => name.endsWith(end)) ?? [];
    if (!found) return [];
    const suffix = indexes > 0 ? ', and the index' : '';
    return [
      {
        price: 'dynamoWrites',
        quantity: found.items * (1 + indexes),
        what: `${name}: ${found.what}${suffix}`,
      },
    ];
  });
}

/** Items that the tables of marts hold after some days, with those of the indexes. */
export function kpiItems(rowsPerDay: number, days: number): number {
  const { orders, items } = sold(rowsPerDay);
  const perDay = 1 + 2 * CATEGORIES + 2 * distinct(items, PRODUCTS);
  return days * (perDay + orders / CUSTOMER_ORDERS);
}

function sold(rows: number): { readonly orders: number; readonly items: number } {
  const orders = (rows * ORDER_ROWS.order) / (ORDER_ROWS.order + ORDER_ROWS.items);
  return { orders, items: orders * ORDER_ROWS.items };
}

/** How many of the cells are hit by `draws` at random. */
const distinct = (draws: number, cells: number): number => cells * (1 - Math.exp(-draws / cells));
