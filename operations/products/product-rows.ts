import type { Catalog } from '../../catalog/catalog';
import type { MartColumn } from '../../domain/mart';
import { quoteIdentifier } from '../../engine/duckdb/quote';
import { fill } from '../../engine/duckdb/sql';
import { columnsOf, type RowSource, type SourceRead } from '../marts/row-source';
import { NAME_COLUMNS, productNames } from './product-names';
import productsSql from './products.sql';

const COLUMNS: readonly MartColumn[] = [
  { name: 'product_id', type: 'text', description: 'product' },
  ...NAME_COLUMNS,
  {
    name: 'abc_class',
    type: 'text',
    nullable: true,
    description:
      'by revenue of all days: A up to 80% of it, B up to 95%, then C; none if the product was never counted',
  },
  { name: 'orders', type: 'count', unit: 'orders', description: 'orders with the product' },
  { name: 'units', type: 'count', unit: 'pieces', description: 'pieces sold' },
  { name: 'revenue', type: 'money', unit: 'currency', description: 'sum of the prices, with returned items' },
  {
    name: 'margin',
    type: 'money',
    unit: 'currency',
    nullable: true,
    description: 'revenue without the cost; none if the cost is unknown, or nothing was sold',
  },
  {
    name: 'return_rate',
    type: 'percent',
    nullable: true,
    description: '100 x returned pieces / pieces sold',
  },
  { name: 'impressions', type: 'count', unit: 'items', description: 'shown in lists' },
  { name: 'clicks', type: 'count', unit: 'items', description: 'clicked in lists' },
  { name: 'views', type: 'count', unit: 'items', description: 'viewed' },
  { name: 'carts', type: 'count', unit: 'items', description: 'put into a cart' },
  { name: 'purchases', type: 'count', unit: 'items', description: 'bought, by events' },
  { name: 'ctr', type: 'percent', nullable: true, description: '100 x clicks / impressions' },
  { name: 'view_to_purchase', type: 'percent', nullable: true, description: '100 x purchases / views' },
];

/** The marts that have the sales and the engagement of products, per day. */
export const PRODUCT_DAYS = [
  { mart: 'product_sales', day: 'order_date' },
  { mart: 'product_engagement', day: 'event_date' },
] as const;

/** The products with a sale or an interaction on some days, both included. A mart that the deployment leaves out counts as empty. */
export function productRows(
  catalog: Catalog,
  { from, to }: { readonly from: string; readonly to: string },
): RowSource {
  const names = productNames(catalog);
  const relations = {
    product_sales: relationOf(catalog, 'product_sales', SALES_COLUMNS),
    product_engagement: relationOf(catalog, 'product_engagement', ENGAGEMENT_COLUMNS),
    stock: stockOf(catalog),
  };
  return {
    id: `products ${from} ${to}`,
    name: 'products',
    columns: COLUMNS,
    key: ['product_id'],
    reads: [...Object.values(relations).flatMap(({ reads }) => reads), ...names.reads],
    sql: fill(productsSql, {
      ...Object.fromEntries(Object.entries(relations).map(([name, { sql }]) => [name, sql])),
      names: names.sql,
    }),
    bound: { from, to },
  };
}

interface Relation {
  readonly sql: string;
  readonly reads: readonly SourceRead[];
}

const COUNT = 'bigint';
const MONEY = 'decimal(38,2)';
const SALES_COLUMNS = {
  ...{ product_id: 'varchar', order_date: 'date', orders: COUNT, units: COUNT },
  ...{ revenue: MONEY, margin: MONEY, returned_units: COUNT },
};
const ENGAGEMENT_COLUMNS = {
  ...{ product_id: 'varchar', event_date: 'date', impressions: COUNT, clicks: COUNT },
  ...{ views: COUNT, carts: COUNT, purchases: COUNT },
};

const has = (catalog: Catalog, mart: string) => catalog.marts.some(({ name }) => name === mart);

/** A mart, or an empty relation of these columns. */
function relationOf(catalog: Catalog, mart: string, columns: Readonly<Record<string, string>>): Relation {
  if (has(catalog, mart)) return { sql: mart, reads: [{ name: mart, columns: columnsOf(catalog, mart) }] };
  const nulls = Object.entries(columns).map(
    ([name, type]) => `cast(null as ${type}) as ${quoteIdentifier(name)}`,
  );
  return { sql: `(select ${nulls.join(', ')} where false)`, reads: [] };
}

function stockOf(catalog: Catalog): Relation {
  const { sql, reads } = relationOf(catalog, 'inventory_status', {
    product_id: 'varchar',
    abc_class: 'varchar',
  });
  const withView = reads.map((read) => ({ ...read, withView: true as const }));
  return {
    sql: `(select cast(product_id as varchar) as product_id, abc_class from ${sql})`,
    reads: withView,
  };
}
