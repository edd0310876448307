import type { Warehouse } from './connection';
import type { Statement } from './dialect';
import { STAR_TABLES, type StarStatement, type StarTable } from './star';

/** Rows that were inserted, updated and deleted, by table. */
export type ChangedRows = Readonly<Record<StarTable, number>>;

/** Runs statements one after the other, within the caller's transaction. */
export async function runStatements(
  warehouse: Warehouse,
  statements: readonly StarStatement[],
): Promise<ChangedRows> {
  const counts = new Map<StarTable, number>(STAR_TABLES.map((table) => [table, 0]));
  for (const { table, ...statement } of statements) {
    const changed = await runStatement(warehouse, statement);
    if (table) counts.set(table, (counts.get(table) ?? 0) + changed);
  }
  return Object.fromEntries(counts) as ChangedRows;
}

/** @returns how many rows it changes; 0 for a statement that does not count them */
export async function runStatement(warehouse: Warehouse, { sql, counts }: Statement): Promise<number> {
  const { rowCount, rows } = await warehouse.query(sql);
  if (counts === undefined) return 0;
  return Number(counts === 'written' ? rowCount : rows[0].changed);
}

/** Runs the statements of a script, within the caller's transaction. */
export async function runScript(warehouse: Warehouse, script: string): Promise<void> {
  for (const statement of warehouse.dialect.statements(script)) await warehouse.query(statement);
}
