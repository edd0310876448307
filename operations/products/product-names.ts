import type { Catalog } from '../../catalog/catalog';
import type { MartColumn } from '../../domain/mart';
import { quoteIdentifier } from '../../engine/duckdb/quote';
import { fill } from '../../engine/duckdb/sql';
import type { SourceRead } from '../marts/row-source';
import namesSql from './names.sql';

/** The columns that name a product beside its numbers. */
export const NAME_COLUMNS: readonly MartColumn[] = [
  { name: 'name', type: 'text', nullable: true, description: 'name of the product, of its latest file' },
  { name: 'category', type: 'text', nullable: true, description: 'category of the product' },
];

/** A relation of product_id (text), name and category, and what it reads. The contract of a deployment can lack columns. */
export function productNames(catalog: Catalog): {
  readonly sql: string;
  readonly reads: readonly SourceRead[];
} {
  const contract = catalog.contracts.find(({ kind }) => kind === 'products');
  const found = (name: string) => contract?.columns.some((column) => column.name === name) ?? false;
  if (!found('id')) {
    const nothing = ['product_id', 'name', 'category'].map((name) => `cast(null as varchar) as ${name}`);
    return { sql: `(select ${nothing.join(', ')} where false)`, reads: [] };
  }
  const textOf = (name: string) =>
    found(name) ? `nullif(trim(cast(${quoteIdentifier(name)} as varchar)), '')` : 'cast(null as varchar)';
  const columns = ['id', 'name', 'category'].filter(found);
  return {
    sql: `(${fill(namesSql, { name: textOf('name'), category: textOf('category') })})`,
    reads: [{ name: 'products', columns }],
  };
}
