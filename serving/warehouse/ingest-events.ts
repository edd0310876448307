import { fill } from '../../engine/duckdb/sql';
import { together, type Warehouse } from './connection';
import { migrate } from './migrate';
import { type ChangedRows, runStatements } from './run-statements';
import { ingestStatements } from './star';
import setLocalTimesSql from './statements/set_local_times.sql';
import stageIngestedEventsSql from './statements/stage_ingested_events.sql';
import stagedEventsSql from './statements/staged_events.sql';

/**
 * A row of the feed `events`, one per event and item in it, and one with item_index -1 for an event without items; each key once. Cells are
 * canonical text, see domain/values. What depends on the time zone is left out.
 */
export type IngestedRow = Readonly<Record<string, string | number | boolean | null>>;

/** PGlite fails with a message above 16 MB. */
const ROWS_AT_ONCE = 500;

/**
 * Adds events to the star schema before the lake has them, in one transaction. Events that the warehouse has already stay as they are: what
 * counts is the lake, from which the next load corrects them. Repeating it changes nothing, and several can run at a time.
 *
 * @param waitSeconds how long to wait for a load or migration
 * @throws WarehouseError if the warehouse is migrated by a newer release; WarehouseBusyError; errors of PostgreSQL
 */
export async function ingestEvents(
  warehouse: Warehouse,
  rows: readonly IngestedRow[],
  { timeZone, waitSeconds }: { readonly timeZone: string; readonly waitSeconds: number },
): Promise<ChangedRows> {
  await migrate(warehouse, waitSeconds);
  return together(warehouse, waitSeconds, async () => {
    await warehouse.query(`${fill(stagedEventsSql, warehouse.dialect.types)} on commit drop`);
    for (let at = 0; at < rows.length; at += ROWS_AT_ONCE)
      await warehouse.query(stageIngestedEventsSql, [jsonOf(rows.slice(at, at + ROWS_AT_ONCE))]);
    await warehouse.query(setLocalTimesSql, [timeZone]);
    return runStatements(warehouse, ingestStatements(warehouse.dialect));
  });
}

/** PostgreSQL has no NUL in text, and no half of a surrogate pair: both become U+FFFD, as they do in what a load copies. */
const jsonOf = (rows: readonly IngestedRow[]): string =>
  JSON.stringify(rows, (_, value: unknown) =>
    typeof value === 'string' ? value.replaceAll('\0', '\ufffd').replace(LONE_SURROGATE, '\ufffd') : value,
  );

const LONE_SURROGATE = /\p{Surrogate}/gu;
