import type { Catalog } from '../../catalog/catalog';
import type { Mart } from '../../domain/mart';
import { columnList } from '../../engine/duckdb/sql';
import { changedRows } from '../../lake/changes';
import type { Lake } from '../../lake/lake';
import { duckDbType, martDeltaType } from '../../lake/schema';
import type { TableSpec } from '../../lake/table-spec';
import type { FeedChange } from '../../serving/warehouse/load-star';
import type { MartTable } from '../../serving/warehouse/mart-table';
import { type SourceTable, scanAll } from './star-source';

/** A mart of which the warehouse has a copy. */
export interface MartSource {
  readonly table: MartTable;
  readonly spec: TableSpec;
}

export const martSources = ({ marts, martTable }: Pick<Catalog, 'marts' | 'martTable'>): MartSource[] =>
  marts.filter(({ load }) => load).map((mart) => ({ table: copyOf(mart), spec: martTable(mart.name) }));

const copyOf = ({ name, description, columns, key }: Mart): MartTable => ({
  name,
  description,
  key,
  columns: columns.map((column) => ({
    name: column.name,
    // PostgreSQL has these types under the same names.
    type: column.type === 'text' ? 'text' : duckDbType(martDeltaType(column.type)),
    ...(column.description !== undefined && { description: column.description }),
  })),
});

/** What changed since a version. @param since undefined for all rows */
export async function martChange(
  lake: Lake,
  { table, spec }: MartSource,
  { snapshot }: SourceTable,
  since: number | undefined,
): Promise<FeedChange> {
  const names = table.columns.map(({ name }) => name);
  const changed =
    since === undefined || !snapshot ? undefined : await changedRows(lake, spec, since, snapshot, names);
  if (changed === undefined)
    return { touched: undefined, rows: await scanAll(lake, { spec, snapshot }, names) };
  return {
    touched: `(select distinct ${columnList(table.key)} from ${changed})`,
    rows: `(select * from ${changed} where _change = 'after')`,
  };
}
