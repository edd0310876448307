import type { Kind } from '../../catalog/kinds';
import { STAGING_TABLES } from '../../catalog/tables';
import { changedRows } from '../../lake/changes';
import { type Lake, temporaryName } from '../../lake/lake';
import { filesThatMayHold } from '../../lake/pruning';
import { scan } from '../../lake/scan';
import type { Staging } from './basis';
import { daysOf, recategorizedProducts } from './days';

/** The columns of each staging table that a KPI depends on, its key first. */
export const KPI_COLUMNS: Readonly<Record<Kind, readonly string[]>> = {
  products: ['id', 'category', 'cost', 'retail_price'],
  orders: ['order_id', 'user_id', 'status', 'created_at', 'num_of_item'],
  order_items: ['id', 'order_id', 'product_id', 'status', 'sale_price'],
};

/**
 * The days whose KPIs can differ from what they were at earlier versions of the staging tables: a temporary table of
 * distinct `order_date`, reading the files that came and went since, and of others no more than the columns that lead
 * from a product or an item to its day.
 *
 * @param since version of each staging table, exclusive; -1 for before its first
 * @returns the table's name; undefined where the log no longer reaches back so far, so that every day can differ
 */
export async function affectedDays(
  lake: Lake,
  staging: Staging,
  since: Readonly<Record<Kind, number>>,
  timeZone: string,
): Promise<string | undefined> {
  const changed = async (kind: Kind): Promise<string | undefined> => {
    const snapshot = staging[kind];
    const columns = KPI_COLUMNS[kind];
    if (!snapshot) return emptyRelation(lake, kind, columns);
    return changedRows(lake, STAGING_TABLES[kind], since[kind], snapshot, columns);
  };
  const [products, orders, items] = [
    await changed('products'),
    await changed('orders'),
    await changed('order_items'),
  ];
  if (!products || !orders || !items) return undefined;

  const orderIds = temporaryName(lake, 'order_ids');
  await lake.db.run(`create temp table ${orderIds} as select distinct order_id from ${items}`);
  await addOrdersOfRecategorizedProducts(lake, staging, products, orderIds);

  const touched = temporaryName(lake, 'touched_orders');
  await scanHolding(lake, staging, 'orders', touched, ['order_id', 'created_at'], orderIds, 'order_id');
  const days = temporaryName(lake, 'affected_days');
  const query = daysOf(orders, `(select * from ${touched} semi join ${orderIds} using (order_id))`, timeZone);
  await lake.db.run(`create temp table ${days} as ${query}`);
  return days;
}

async function addOrdersOfRecategorizedProducts(
  lake: Lake,
  staging: Staging,
  changed: string,
  orderIds: string,
): Promise<void> {
  const image = (change: 'before' | 'after') => `(select * from ${changed} where _change = '${change}')`;
  const ids = temporaryName(lake, 'product_ids');
  const query = recategorizedProducts({ before: image('before'), after: image('after') });
  await lake.db.run(`create temp table ${ids} as ${query}`);
  const sold = temporaryName(lake, 'sold');
  await scanHolding(lake, staging, 'order_items', sold, ['order_id', 'product_id'], ids, 'product_id');
  await lake.db.run(
    `insert into ${orderIds} select distinct order_id from ${sold} semi join ${ids} using (product_id)`,
  );
}

/** A view of the files of a staging table that may hold one of the values. */
async function scanHolding(
  lake: Lake,
  staging: Staging,
  kind: Kind,
  view: string,
  columns: readonly string[],
  values: string,
  column: string,
): Promise<void> {
  const spec = STAGING_TABLES[kind];
  const files = await filesThatMayHold(lake, spec, staging[kind]?.files ?? new Map(), values, [column]);
  await scan(lake, staging[kind], spec, view, columns, files);
}

async function emptyRelation(lake: Lake, kind: Kind, columns: readonly string[]): Promise<string> {
  const view = temporaryName(lake, 'empty');
  const table = temporaryName(lake, 'unchanged');
  await scan(lake, undefined, STAGING_TABLES[kind], view, columns);
  await lake.db.run(`create temp table ${table} as select cast(null as varchar) as _change, * from ${view}`);
  return table;
}
