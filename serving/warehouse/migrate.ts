import { exclusively, type Warehouse } from './connection';
import { WarehouseError } from './errors';
import starSchemaSql from './migrations/0001_star_schema.sql';
import viewsSql from './migrations/0002_views.sql';
import ingestedEventsSql from './migrations/0003_ingested_events.sql';
import currenciesSql from './migrations/0004_currencies.sql';

interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}

/** In order. A migration that was released never changes. */
const MIGRATIONS: readonly Migration[] = [
  { number: 1, name: 'star_schema', sql: starSchemaSql },
  { number: 2, name: 'views', sql: viewsSql },
  { number: 3, name: 'ingested_events', sql: ingestedEventsSql },
  { number: 4, name: 'currencies', sql: currenciesSql },
];

/**
 * Applies the migrations that the warehouse lacks, in one transaction. Repeating it changes nothing, and of two at the same time one waits.
 * @param waitSeconds how long to wait for another load or migration
 * @returns the numbers of those that were applied
 * @throws WarehouseError if a newer release has migrated the warehouse; WarehouseBusyError
 */
export async function migrate(warehouse: Warehouse, waitSeconds: number): Promise<number[]> {
  if (missing(await appliedMigrations(warehouse)).length === 0) return [];
  return exclusively(warehouse, waitSeconds, async () => {
    const migrations = missing(await appliedMigrations(warehouse));
    for (const { number, name, sql } of migrations) {
      await warehouse.query(sql);
      await warehouse.query('insert into applied_migrations (number, name) values ($1, $2)', [number, name]);
    }
    return migrations.map(({ number }) => number);
  });
}

/** The numbers of the migrations that the warehouse has, in order. */
export async function appliedMigrations(warehouse: Warehouse): Promise<number[]> {
  // Not by to_regclass, which may not see a table that another connection made while this one waited for the lock.
  const { rows: tables } = await warehouse.query(
    "select from pg_tables where schemaname = any(current_schemas(false)) and tablename = 'applied_migrations'",
  );
  if (tables.length === 0) return [];
  const { rows } = await warehouse.query('select number from applied_migrations order by number');
  return rows.map(({ number }) => number);
}

function missing(applied: readonly number[]): Migration[] {
  const newest = applied.at(-1) ?? 0;
  if (newest > MIGRATIONS.length)
    throw new WarehouseError(
      `the warehouse has migration ${newest} of a newer release, this one knows ${MIGRATIONS.length}: use that release`,
    );
  return MIGRATIONS.slice(newest);
}
