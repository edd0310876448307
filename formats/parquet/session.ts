import { rm } from 'node:fs/promises';
import { DuckDb } from '../../engine/duckdb/session';

/**
 * Lets a function read a Parquet file in a DuckDB session of its own, so that no file can harm the session that the rows of other
 * files are in.
 * @param path of the Parquet file; its temporary directory has this path plus a suffix
 */
export async function withSession<Result>(
  path: string,
  read: (db: DuckDb) => Promise<Result>,
): Promise<Result> {
  const tempDirectory = `${path}.duckdb`;
  const db = await DuckDb.open({ tempDirectory, memoryLimit: '512MB', threads: 1 });
  try {
    return await read(db);
  } finally {
    db.close();
    await rm(tempDirectory, { recursive: true, force: true });
  }
}
