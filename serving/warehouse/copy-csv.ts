import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Client } from 'pg';
import { from } from 'pg-copy-streams';
import { quoteLiteral } from '../../engine/duckdb/quote';
import { columnList, fill } from '../../engine/duckdb/sql';
import { newId } from '../../lake/lake';
import { columnTypes, storableColumns } from './columns-to-copy';
import { csvParts } from './csv-parts';
import type { CopySource } from './dialect';
import rowsToCsvSql from './rows_to_csv.sql';

const CHUNK_BYTES = 256 * 1024;
/** What one COPY takes: PGlite fails above 16 MB. */
const COPY_BYTES = 8 * 1024 ** 2;

/** `Dialect.copyRows` for PostgreSQL: COPY from the connection. */
export async function copyCsv(
  { db, workDirectory, ...lake }: CopySource,
  client: Client,
  table: string,
  columns: readonly string[],
  relation: string,
): Promise<void> {
  const file = path.join(workDirectory, `${table}-${newId(lake)}.csv`);
  try {
    const types = await columnTypes(db, columns, relation);
    await db.run(fill(rowsToCsvSql, { columns: storableColumns(types), relation, file: quoteLiteral(file) }));
    const copy = `copy ${table} (${columnList(columns)}) from stdin with (format csv, null '\\N')`;
    const chunks = createReadStream(file, { highWaterMark: CHUNK_BYTES });
    for await (const part of csvParts(chunks, COPY_BYTES))
      await pipeline(Readable.from(part), client.query(from(copy)));
  } finally {
    await rm(file, { force: true });
  }
}
