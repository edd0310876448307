/**
 * The floor of a load of events: the raw lines of files, as they are, to one Parquet file, in one DuckDB process. DuckDB finds out the
 * columns; no name, time or value is understood, nothing is sorted out or put together.
 *
 *   node event-floor.cjs DIRECTORY OUT.parquet
 */

import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { quoteLiteral } from '../../engine/duckdb/quote';
import { fill } from '../../engine/duckdb/sql';
import eventsSql from './events.sql';

async function main([directory = '', out = '']: string[]): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const db = await instance.connect();
  const files = quoteLiteral(path.join(directory, '**', '*.ndjson.gz'));
  const { rowsChanged } = await db.run(fill(eventsSql, { files, out: quoteLiteral(out) }));
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  const usage = {
    rows: rowsChanged,
    // In microseconds.
    cpu_seconds: (userCPUTime + systemCPUTime) / 1e6,
  };
  process.stdout.write(JSON.stringify(usage));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`event-floor: ${error instanceof Error ? error.stack : error}\n`);
  process.exit(1);
});
