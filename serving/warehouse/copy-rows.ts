import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { from } from 'pg-copy-streams';
import { quoteIdentifier, quoteLiteral } from '../../engine/duckdb/quote';
import { fill } from '../../engine/duckdb/sql';
import { type Lake, newId } from '../../lake/lake';
import type { Warehouse } from './connection';
import { csvParts } from './csv-parts';
import rowsToCopySql from './rows-to-copy.sql';

const CHUNK_BYTES = 256 * 1024;
/** What one COPY takes: PGlite fails above 16 MB. */
const COPY_BYTES = 8 * 1024 ** 2;

/**
 * Copies the rows of a DuckDB relation into a table of the warehouse, by way of a file in the work directory: neither holds them in memory.
 * @param table an identifier that needs no quotes
 * @param columns of both
 * @param relation in DuckDB
 */
export async function copyRows(
  { db, workDirectory, ...lake }: Pick<Lake, 'db' | 'workDirectory' | 'newId'>,
  warehouse: Warehouse,
  table: string,
  columns: readonly string[],
  relation: string,
): Promise<void> {
  const file = path.join(workDirectory, `${table}-${newId(lake)}.csv`);
  try {
    await db.run(
      fill(rowsToCopySql, {
        columns: await storable(db, relation, columns),
        relation,
        file: quoteLiteral(file),
      }),
    );
    const names = columns.map(quoteIdentifier).join(', ');
    const copy = `copy ${table} (${names}) from stdin with (format csv, null '\\N')`;
    const chunks = createReadStream(file, { highWaterMark: CHUNK_BYTES });
    for await (const part of csvParts(chunks, COPY_BYTES))
      await pipeline(Readable.from(part), warehouse.query(from(copy)));
  } finally {
    await rm(file, { force: true });
  }
}

/** The columns as PostgreSQL takes them: it has no NUL in text. */
async function storable(db: Lake['db'], relation: string, columns: readonly string[]): Promise<string> {
  const types = await db.rows<{ column_name: string; column_type: string }>(
    `describe select * from ${relation}`,
  );
  return columns
    .map((name) => {
      const column = quoteIdentifier(name);
      const type = types.find(({ column_name }) => column_name === name)?.column_type;
      return type === 'VARCHAR' ? `replace(${column}, chr(0), chr(65533)) as ${column}` : column;
    })
    .join(', ');
}
