import type { Catalog } from '../../catalog/catalog';
import type { MartColumn } from '../../domain/mart';
import { fill } from '../../engine/duckdb/sql';
import { readColumns } from '../marts/choice';
import { columnsOf, type RowSource } from '../marts/row-source';
import { NAME_COLUMNS, productNames } from '../products/product-names';
import inventorySql from './inventory.sql';

const MART = 'inventory_status';

/** The stock of each counted product, with its name; undefined if the deployment leaves out the mart. */
export function inventoryRows(catalog: Catalog): RowSource | undefined {
  const mart = catalog.marts.find(({ name }) => name === MART);
  if (!mart) return undefined;
  const names = productNames(catalog);
  const column = (name: string): MartColumn => {
    const found = readColumns(mart).find((one) => one.name === name);
    if (!found) throw new RangeError(`${MART} has no column ${name}`);
    return found;
  };
  const stock = ['abc_class', 'on_hand', 'units_per_day', 'days_of_cover'].map(column);
  const flags = ['is_stock_out', 'is_overstock', 'counted_at'].map(column);
  return {
    id: 'inventory',
    name: 'inventory',
    columns: [
      { name: 'product_id', type: 'text', description: 'product' },
      ...NAME_COLUMNS,
      ...stock,
      ...flags,
    ],
    key: ['product_id'],
    reads: [{ name: MART, columns: columnsOf(catalog, MART), withView: true }, ...names.reads],
    sql: fill(inventorySql, { names: names.sql }),
  };
}
