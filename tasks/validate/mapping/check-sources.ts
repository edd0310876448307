import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Catalog } from '../../../catalog/catalog';
import { DEFAULT_SETTINGS } from '../../../domain/values';
import { inLocked } from '../../../engine/duckdb/locked';
import { quoteIdentifier } from '../../../engine/duckdb/quote';
import { mapRows } from './mapped-rows';
import { mappingReason } from './mapping-fault';
import { addParsers } from './parsers';
import { ROWS } from './source-rows';

/** The SQL of sources cannot be used, whatever a file holds; the message has a line for each fault. */
export class SourceSqlError extends Error {
  override readonly name = 'SourceSqlError';
}

/**
 * Runs the SQL of every source over no rows.
 * @throws SourceSqlError if one is not a mapping to its kind
 */
export async function requireSourceSql({
  sources,
  contract,
}: Pick<Catalog, 'sources' | 'contract'>): Promise<void> {
  if (sources.length === 0) return;
  const directory = await mkdtemp(path.join(tmpdir(), 'daybook-sources-'));
  const faults: string[] = [];
  try {
    for (const source of sources) {
      await inLocked({ directory: path.join(directory, source.name), memoryLimit: '256MB' }, async (db) => {
        await addParsers(db, source, DEFAULT_SETTINGS);
        const columns = source.columns.map(({ name }) => `${quoteIdentifier(name)} varchar`);
        await db.run(`create temp table ${ROWS} (${columns.join(', ')}, _line bigint)`);
        for (const [kind, sql] of Object.entries(source.maps)) {
          try {
            await mapRows(db, source, contract(kind), sql);
          } catch (error) {
            const reason = mappingReason(error);
            if (reason === undefined) throw error;
            faults.push(`the SQL that maps ${source.name} to ${kind}: ${reason}`);
          }
        }
      });
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  if (faults.length > 0) throw new SourceSqlError(faults.join('\n'));
}
