import type { Catalog } from '../../catalog/catalog';
import type { Mart } from '../../domain/mart';
import type { Lake } from '../../lake/lake';
import { duckDbType, martDeltaType } from '../../lake/schema';
import type { TableSpec } from '../../lake/table-spec';
import type { FeedChange } from '../../serving/warehouse/load-star';
import type { MartTable } from '../../serving/warehouse/mart-table';
import { type SourceTable, tableChange } from './star-source';

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

/** What a copy is made anew for: its columns and their types, and the key. Texts that describe them may change. */
export const shapeOf = ({ columns, key }: MartTable) => [columns.map(({ name, type }) => [name, type]), key];

/** What changed since a version. @param since undefined for all rows */
export const martChange = (
  lake: Lake,
  { table: { columns, key } }: MartSource,
  source: SourceTable,
  since: number | undefined,
): Promise<FeedChange> =>
  tableChange(lake, source, since, {
    columns: columns.map(({ name }) => name),
    key,
    rowsOf: (relation) => relation,
  });
