/**
 * The process of one query: DuckDB with a memory limit, without credentials and access to anything except the data files of
 * the query. `QueryProcess` starts it, asks it by messages, and kills it.
 *
 *   argv: directory for spilled data, which the process does not remove
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { lock } from '../../../engine/duckdb/locked';
import { quoteIdentifier } from '../../../engine/duckdb/quote';
import { SelectError } from '../../../engine/duckdb/select';
import { DuckDb } from '../../../engine/duckdb/session';
import { readTable } from '../../../lake/data-files';
import { duckDbType } from '../../../lake/schema';
import { visibleColumns } from '../../../lake/table-spec';
import type { QueryAnswer, QueryRequest, QueryView } from './query-messages';
import { planQuery } from './query-plan';
import { readRows } from './query-rows';

/** Larger intermediate results are spilled to disk. */
const MEMORY = '1GB';
const SPILL_BYTES = 4_000_000_000;

const [directory = ''] = process.argv.slice(2);

// The parent is gone: its exit must not leave a query that runs on.
process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));
killFirst();
process.on('message', (request: QueryRequest) => {
  answer(request).catch((error: unknown) =>
    send({
      type: 'failed',
      message: error instanceof Error ? error.message : String(error),
      refusal: error instanceof SelectError ? error.failure : null,
    }),
  );
});

/** Asks Linux to end this process before any other one if memory runs out. https://man7.org/linux/man-pages/man5/proc_pid_oom_score_adj.5.html */
function killFirst(): void {
  try {
    writeFileSync('/proc/self/oom_score_adj', '1000');
  } catch {
    // Another system.
  }
}

/** Resolves when the parent has taken the message, so that rows do not pile up here. */
function send(message: QueryAnswer): Promise<void> {
  return new Promise((resolve, reject) => {
    process.send?.(message, (error: Error | null) => (error ? reject(error) : resolve()));
  });
}

async function answer(request: QueryRequest): Promise<void> {
  const db = await DuckDb.open({
    tempDirectory: path.join(directory, request.type),
    memoryLimit: MEMORY,
    spillLimit: SPILL_BYTES,
  });
  try {
    if (request.type === 'plan') {
      await send({ type: 'planned', uses: await planQuery(db, request.specs, request.sql) });
      return;
    }
    for (const view of request.views) await createView(db, view);
    await lock(
      db,
      request.views.flatMap(({ files }) => files.map(({ local }) => local)),
    );
    const read = await readRows(db, request.sql, request.limits, (rows) => send({ type: 'rows', rows }));
    await send({ type: 'read', ...read });
  } finally {
    db.close();
  }
}

/** Columns that the query does not read are null, as large files are downloaded without them. */
async function createView(db: DuckDb, { spec, columns, files }: QueryView): Promise<void> {
  const read = files.length > 0;
  const selected = visibleColumns(spec).map(({ name, type }) => {
    const column = quoteIdentifier(name);
    return read && columns.includes(name) ? column : `cast(null as ${duckDbType(type)}) as ${column}`;
  });
  const from = read ? `from ${await readTable({ db }, spec, files)}` : 'where false';
  await db.run(`create temp view ${quoteIdentifier(spec.name)} as select ${selected.join(', ')} ${from}`);
}
