import type { DeploymentCounts } from './deployment-counts';
import { CATEGORIES, CHANGED_DAYS, CUSTOMER_ORDERS, ORDER_ROWS, PRODUCTS } from './measured';
import type { Usage } from './usage';

/** What is known of a table, by the end of its name, which may have a prefix. */
export const ofTable = <Known>(known: Readonly<Record<string, Known>>, name: string): Known | undefined =>
  Object.entries(known).find(([end]) => name.endsWith(end))?.[1];

type Tables = DeploymentCounts['tables'];
type Table = Tables[number];

/** Items of a table without those of its indexes. */
interface Items {
  /** Written for a batch of so many orders. */
  readonly written: (orders: number) => number;
  readonly what: string;
  /** Added in a day with so many orders. */
  readonly perDay: (orders: number) => number;
}

const itemsOf = (orders: number) => orders * ORDER_ROWS.items;

/**
 * The tables of marts that change with orders, by the end of their names, which may have a prefix. `InventoryStatus` changes with
 * files of stock alone.
 */
const KPI_TABLES: Readonly<Record<string, Items>> = {
  OrderKPIs: { written: () => CHANGED_DAYS, what: `${CHANGED_DAYS} days`, perDay: () => 1 },
  CategoryKPIs: {
    written: () => CHANGED_DAYS * CATEGORIES,
    what: `${CATEGORIES} categories on ${CHANGED_DAYS} days`,
    perDay: () => CATEGORIES,
  },
  ProductSales: {
    written: (orders) => distinct(itemsOf(orders), CHANGED_DAYS * PRODUCTS),
    what: `products on ${CHANGED_DAYS} days, of ${PRODUCTS.toLocaleString('en-US')}`,
    perDay: (orders) => distinct(itemsOf(orders), PRODUCTS),
  },
  CustomerValue: {
    written: (orders) => orders,
    what: 'a customer for each order',
    perDay: (orders) => orders / CUSTOMER_ORDERS,
  },
};

const kpiTable = ({ name }: Table): Items | undefined => ofTable(KPI_TABLES, name);

/** Writes of a batch of orders and items to the tables of marts. An index is written with its table. */
export function kpiWrites(rows: number, tables: Tables): Usage[] {
  return tables.flatMap((table): Usage[] => {
    const found = kpiTable(table);
    if (!found) return [];
    const { name, indexes } = table;
    const suffix = indexes > 0 ? ', and the index' : '';
    return [
      {
        price: 'dynamoWrites',
        quantity: found.written(ordersOf(rows)) * (1 + indexes),
        what: `${name}: ${found.what}${suffix}`,
      },
    ];
  });
}

/** Items that the tables of marts hold after some days, with those of the indexes. */
export function kpiItems(rowsPerDay: number, days: number, tables: Tables): number {
  const perDay = tables.map((table) => {
    const items = kpiTable(table)?.perDay(ordersOf(rowsPerDay)) ?? 0;
    return items * (1 + table.indexes);
  });
  return days * perDay.reduce((sum, items) => sum + items, 0);
}

const ordersOf = (rows: number): number => (rows * ORDER_ROWS.order) / (ORDER_ROWS.order + ORDER_ROWS.items);

/** How many of the cells are hit by `draws` at random. */
const distinct = (draws: number, cells: number): number => cells * (1 - Math.exp(-draws / cells));
