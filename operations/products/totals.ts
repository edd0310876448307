import { fill } from '../../engine/duckdb/sql';
import type { ReadyRows } from '../marts/row-page';
import totalsSql from './totals.sql';
import type { ProductTotals } from './views';

/** @param rows of `productRows` */
export async function productTotals({ db, relation }: ReadyRows): Promise<ProductTotals> {
  const [row] = await db.rows(fill(totalsSql, { products: relation }));
  return {
    sold: Number(row?.sold),
    units: String(row?.units),
    revenue: String(row?.revenue),
    viewed: Number(row?.viewed),
    viewed_only: Number(row?.viewed_only),
    views: String(row?.views),
  };
}
