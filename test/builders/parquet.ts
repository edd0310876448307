import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { quoteLiteral } from '../../engine/duckdb/quote';
import { DuckDb } from '../../engine/duckdb/session';

/** A Parquet file with the rows of a query. */
export async function parquetOf(query: string, options = 'row_group_size 2048'): Promise<Buffer> {
  const directory = mkdtempSync(path.join(tmpdir(), 'daybook-parquet-'));
  const file = path.join(directory, 'rows.parquet');
  const db = await DuckDb.open({ tempDirectory: path.join(directory, 'duckdb'), threads: 1 });
  try {
    await db.run(`copy (${query}) to ${quoteLiteral(file)} (format parquet, ${options})`);
    return readFileSync(file);
  } finally {
    db.close();
    rmSync(directory, { recursive: true, force: true });
  }
}
