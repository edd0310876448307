import { fill } from '../../engine/duckdb/sql';
import { changedRows } from '../../lake/changes';
import { type Lake, temporaryName } from '../../lake/lake';
import { filesThatMayHold } from '../../lake/pruning';
import type { TableSpec } from '../../lake/table-spec';
import productsSql from './products.sql';
import {
  columnType,
  presentColumns,
  type SourceColumns,
  type SourceTable,
  type StarSource,
  scanAll,
  withAll,
} from './star-source';

const COLUMNS: SourceColumns = {
  id: 'varchar',
  sku: 'varchar',
  name: 'varchar',
  brand: 'varchar',
  category: 'varchar',
  department: 'varchar',
  cost: 'decimal(18,4)',
  retail_price: 'decimal(18,4)',
  _deleted: 'boolean',
};

const UPLOADED_AT = '_source_modified_at';

/**
 * The intervals of products, from the history of all their versions. If a deployment keeps no history, a product has one interval, with its
 * latest version. A change of a version computes all intervals of its product.
 *
 * @param table `staging/products_history`, or `staging/products` without a history
 * @param parts the placeholders `blanks` and `category_length` of the query
 */
export function productSource(table: TableSpec, parts: Readonly<Record<string, string>>): StarSource {
  const order = table.versionOrder;
  const at = order.find((name) => /^(date|timestamp)/.test(columnType(table, name))) ?? UPLOADED_AT;
  const columns = { ...COLUMNS, ...Object.fromEntries(order.map((name) => [name, columnType(table, name)])) };
  const sql = fill(productsSql, {
    ...parts,
    rows: '$[rows]',
    at: `"${at}"`,
    newest_first: order.map((name) => `"${name}" desc nulls last`).join(', '),
  });
  const present = presentColumns(table, columns);
  const rowsOf = (relation: string) => `(${fill(sql, { rows: withAll(table, columns, relation) })})`;
  return {
    feed: 'products',
    tables: [table],
    definition: sql,
    async changes(lake, [source], since) {
      const [version] = since ?? [];
      const changed =
        version === undefined || !source?.snapshot
          ? undefined
          : // With the columns of the version: the same values at another time are another interval.
            await changedRows(lake, table, version, source.snapshot, present);
      const all = { spec: table, snapshot: source?.snapshot };
      if (changed === undefined)
        return { touched: undefined, rows: rowsOf(await scanAll(lake, all, present)) };
      const ids = temporaryName(lake, 'touched_products');
      await lake.db.run(`create temp table ${ids} as select distinct id from ${changed}`);
      const versions = await versionsOf(lake, all, present, ids);
      return {
        touched: `(select distinct cast(id as varchar) as product_id from ${ids})`,
        rows: rowsOf(versions),
      };
    },
  };
}

/** All versions of some products. @param ids a relation with their `id` */
async function versionsOf(
  lake: Lake,
  { spec, snapshot }: SourceTable,
  columns: readonly string[],
  ids: string,
): Promise<string> {
  const files = snapshot && (await filesThatMayHold(lake, spec, snapshot.files, ids, ['id']));
  const view = await scanAll(lake, { spec, snapshot }, columns, files);
  return `(select * from ${view} semi join ${ids} using (id))`;
}
