import { exclusively, type Warehouse } from './connection';
import type { Migration } from './dialect';
import { WarehouseError } from './errors';
import { runScript } from './run-statements';
import { hasTable } from './tables';

/**
 * Applies the migrations that the warehouse lacks, in one transaction. Repeating it changes nothing, and of two at the same time one waits.
 * @param waitSeconds how long to wait for another load or migration
 * @returns the numbers of those that were applied
 * @throws WarehouseError if a newer release has migrated the warehouse; WarehouseBusyError
 */
export async function migrate(warehouse: Warehouse, waitSeconds: number): Promise<number[]> {
  if ((await missing(warehouse)).length === 0) return [];
  for (const statement of warehouse.dialect.prepare) await warehouse.query(statement);
  return exclusively(warehouse, waitSeconds, async () => {
    const migrations = await missing(warehouse);
    for (const { number, name, sql } of migrations) {
      await runScript(warehouse, sql);
      await warehouse.query('insert into applied_migrations (number, name) values ($1, $2)', [number, name]);
    }
    return migrations.map(({ number }) => number);
  });
}

/** The numbers of the migrations that the warehouse has, in order. */
export async function appliedMigrations(warehouse: Warehouse): Promise<number[]> {
  if (!(await hasTable(warehouse, 'applied_migrations'))) return [];
  const { rows } = await warehouse.query('select number from applied_migrations order by number');
  return rows.map(({ number }) => number);
}

async function missing(warehouse: Warehouse): Promise<readonly Migration[]> {
  const { migrations } = warehouse.dialect;
  const newest = (await appliedMigrations(warehouse)).at(-1) ?? 0;
  if (newest > migrations.length)
    throw new WarehouseError(
      `the warehouse has migration ${newest} of a newer release, this one knows ${migrations.length}: use that release`,
    );
  return migrations.slice(newest);
}
