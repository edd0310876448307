import type { Warehouse } from './connection';

/** Whether a table is there. @param schema the one of new tables by default */
export async function hasTable(warehouse: Warehouse, table: string, schema?: string): Promise<boolean> {
  // Not by to_regclass, which may not see a table that another connection made while this one waited for the lock.
  const { rows } = await warehouse.query(
    `select 1 as found from pg_tables where tablename = $1 and schemaname = ${schema === undefined ? 'current_schema()' : '$2'}`,
    schema === undefined ? [table] : [table, schema],
  );
  return rows.length > 0;
}
