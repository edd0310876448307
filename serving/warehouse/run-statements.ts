import type { Warehouse } from './connection';
import { STAR_TABLES, type StarStatement, type StarTable } from './star';

/** Rows that were inserted, updated and deleted, by table. */
export type ChangedRows = Readonly<Record<StarTable, number>>;

/** Runs statements one after the other, within the caller's transaction. */
export async function runStatements(
  warehouse: Warehouse,
  statements: readonly StarStatement[],
): Promise<ChangedRows> {
  const counts = new Map<StarTable, number>(STAR_TABLES.map((table) => [table, 0]));
  for (const { sql, table } of statements) {
    const { rowCount } = await warehouse.query(sql);
    if (table) counts.set(table, (counts.get(table) ?? 0) + (rowCount ?? 0));
  }
  return Object.fromEntries(counts) as ChangedRows;
}
