import path from 'node:path';
import { quoteLiteral } from '../../engine/duckdb/quote';
import { DuckDb } from '../../engine/duckdb/session';
import { MAX_PAGE_ROWS } from './row-page';

/** The memory that computes and reads rows; what does not fit is on disk. */
const MEMORY = '1GB';
const SPILL_BYTES = 8_000_000_000;

/** The database of kept rows. */
export interface RowDatabase {
  readonly db: DuckDb;
  /** For one source at a time: builds use temporary views. */
  readonly builder: DuckDb;
  /** Whoever closes the database deletes it. */
  readonly directory: string;
}

/** Opens it as a file in a directory: compressed, and not limited by memory. Kept rows are in the schema `copies.main`. */
export async function openRowDatabase(directory: string): Promise<RowDatabase> {
  const db = await DuckDb.open({
    tempDirectory: path.join(directory, 'spill'),
    memoryLimit: MEMORY,
    spillLimit: SPILL_BYTES,
  });
  await db.run(`attach ${quoteLiteral(path.join(directory, 'rows.duckdb'))} as copies`);
  // The rows of a page are looked up by their places; otherwise all columns of the whole table are read for them.
  await db.run(`set global dynamic_or_filter_threshold = ${MAX_PAGE_ROWS}`);
  await db.run(`set global late_materialization_max_rows = ${MAX_PAGE_ROWS}`);
  return { db, builder: await db.connect(), directory };
}
