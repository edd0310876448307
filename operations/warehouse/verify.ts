import type { Catalog } from '../../catalog/catalog';
import type { Lake } from '../../lake/lake';
import { exclusively, type Warehouse } from '../../serving/warehouse/connection';
import { loadLake } from '../../tasks/load/load-lake';
import type { WarehouseSettings } from './connect';
import type { WarehouseVerification } from './views';

const WAIT_SECONDS = 120;

/** Ends the transaction of a verification, which keeps nothing. */
class NothingKept extends Error {
  override readonly name = 'NothingKept';
}

/**
 * Compares the star schema with staging/: counts the rows that a load of everything would insert, update or delete, in a transaction that is rolled
 * back. Loads wait meanwhile.
 * @throws WarehouseBusyError; errors of PostgreSQL, such as a missing table before the first load
 */
export async function verifyWarehouse(
  lake: Lake,
  warehouse: Warehouse,
  catalog: Catalog,
  { timeZone, currency }: Pick<WarehouseSettings, 'timeZone' | 'currency'>,
): Promise<WarehouseVerification> {
  let changed: Readonly<Record<string, number>> = {};
  try {
    await exclusively(warehouse, WAIT_SECONDS, async () => {
      const load = await loadLake(lake, warehouse, { catalog, timeZone, currency }, true);
      changed = load.changed;
      throw new NothingKept();
    });
  } catch (error) {
    if (!(error instanceof NothingKept)) throw error;
  }
  const different = Object.entries(changed).filter(([, rows]) => rows > 0);
  return {
    different_rows: Object.fromEntries(different),
    differences: different.reduce((sum, [, rows]) => sum + rows, 0),
  };
}
