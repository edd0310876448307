import { fill } from '../../engine/duckdb/sql';
import type { ReadyRows } from '../marts/row-page';
import classesSql from './classes.sql';
import coverBinsSql from './cover-bins.sql';
import { COVER_DAYS, type StockSummary } from './views';

const MORE = 91;

/** All counted products together. @param rows of `inventoryRows` */
export async function stockSummary({ db, relation }: ReadyRows): Promise<StockSummary> {
  const classes = await db.rows<Record<'abc_class' | 'on_hand', string> & Record<string, unknown>>(
    fill(classesSql, { inventory: relation }),
  );
  const bins = await db.rows<{ bin: number | null; products: string }>(
    fill(coverBinsSql, { inventory: relation }),
  );
  const count = (of: number | null) => Number(bins.find(({ bin }) => bin === of)?.products ?? 0);
  return {
    classes: classes.map(({ abc_class, on_hand, products, stock_outs, running_out, overstocked }) => ({
      abc_class,
      products: Number(products),
      on_hand,
      stock_outs: Number(stock_outs),
      running_out: Number(running_out),
      overstocked: Number(overstocked),
    })),
    cover: [0, ...COVER_DAYS, MORE, null].map(count),
  };
}
