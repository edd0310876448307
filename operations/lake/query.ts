import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { catalog } from '../../catalog/catalog';
import { type DuckDb, quoteIdentifier } from '../../engine/duckdb/session';
import { type LocalFile, readTable } from '../../lake/data-files';
import { BrokenLogError, MissingDataFileError } from '../../lake/errors';
import { type Lake, newId } from '../../lake/lake';
import { duckDbType } from '../../lake/schema';
import { readSnapshot, type Snapshot } from '../../lake/snapshot';
import type { TableSpec } from '../../lake/table-spec';
import { explainDuckDb, LakeQueryError } from './query-error';
import { type RowLimits, type RowsRead, readRows } from './query-rows';
import { inSandbox, lock, planQuery, requireNotCancelled, type TableUse } from './query-sandbox';
import type { LakeSession } from './session';

export { LakeQueryError } from './query-error';
export type { QueryColumn, QueryRow } from './query-rows';

/** The tables that a query may name, by their bare names. */
export const LAKE_TABLES: readonly TableSpec[] = catalog.tables;

export interface QueryOptions extends Partial<RowLimits> {
  /** For the query itself; downloads go on for as long as they take. */
  readonly timeoutMs?: number;
  /** By table, for older ones; the other tables are read as they are now. */
  readonly versions?: Readonly<Record<string, number>>;
  /** Heard between two data files, and while the query runs. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: QueryProgress) => void;
}

export interface QueryProgress {
  /** Data files that the query reads. */
  readonly files: number;
  readonly filesHere: number;
  /** As they lie in the bucket; of large files only the columns come that are read. */
  readonly bytes: number;
  readonly bytesHere: number;
}

export interface QueryResult extends RowsRead {
  /** In all, with what was downloaded. */
  readonly seconds: number;
  /** Those that were read; version null where the table is not there yet, which is as if it had no rows. */
  readonly tables: readonly { readonly name: string; readonly version: number | null }[];
}

export const QUERY_DEFAULTS = { maxRows: 1_000, maxBytes: 20_000_000, timeoutMs: 30_000 };

/**
 * The answer to one SELECT over the tables of the lake. Only data files of tables that it reads are downloaded, and of
 * large ones only the columns that it reads; the session keeps them for the next query. It reaches no other file and no
 * network, and changes nothing; several may run at once.
 *
 * @throws LakeQueryError
 */
export async function queryLake(
  { lake, downloads }: Pick<LakeSession, 'lake' | 'downloads'>,
  sql: string,
  options: QueryOptions = {},
): Promise<QueryResult> {
  const started = performance.now();
  const { maxRows, maxBytes, timeoutMs, versions = {}, signal } = { ...QUERY_DEFAULTS, ...options };
  const sandbox = () => ({
    directory: path.join(lake.workDirectory, `query-${newId(lake)}`),
    timeoutMs,
    signal,
  });
  const held: LocalFile[] = [];
  try {
    const uses = await inSandbox(sandbox(), (db) => planQuery(db, LAKE_TABLES, sql));
    const tables = await Promise.all(
      uses.map(async (use) => ({ ...use, snapshot: await snapshotOf(lake, use.spec, versions) })),
    );
    const arrived = progressOf(tables, options.onProgress);
    const views: View[] = [];
    for (const { spec, columns, snapshot } of tables) {
      const live = liveFiles(snapshot);
      const files = await downloads.acquire(lake, spec.location, live, columns, signal, arrived);
      held.push(...files);
      views.push({ spec, columns, files });
    }
    const result = await inSandbox(sandbox(), async (db) => {
      for (const spec of LAKE_TABLES) await createView({ ...lake, db }, viewOf(spec, views));
      await lock(
        db,
        held.map(({ local }) => local),
      );
      return readRows(db, sql, { maxRows, maxBytes });
    });
    return {
      ...result,
      seconds: (performance.now() - started) / 1000,
      tables: tables.map(({ spec: { name }, snapshot }) => ({ name, version: snapshot?.version ?? null })),
    };
  } catch (error) {
    requireNotCancelled(signal);
    if (error instanceof MissingDataFileError) {
      throw new LakeQueryError(
        'version',
        `${error.message}: maintenance cleaned it up, as it belongs to an old version; ask again, or for a newer one`,
      );
    }
    const names = LAKE_TABLES.map(({ name }) => name);
    throw explainDuckDb(error, sql, names);
  } finally {
    downloads.release(held);
  }
}

async function snapshotOf(
  lake: Lake,
  { name, location }: TableSpec,
  versions: Readonly<Record<string, number>>,
): Promise<Snapshot | undefined> {
  const version = versions[name];
  if (version === undefined) return readSnapshot(lake, location);
  const snapshot = await readSnapshot(lake, location, version).catch((error: unknown) => {
    // Its beginning was cleaned up.
    if (error instanceof BrokenLogError) return undefined;
    throw error;
  });
  if (snapshot?.version === version) return snapshot;
  throw new LakeQueryError(
    'version',
    `there is no version ${version} of ${name}, or not any more: daybook lake tells the versions`,
  );
}

const liveFiles = (snapshot: Snapshot | undefined) =>
  [...(snapshot?.files ?? [])].map(([file, { partitionValues, size }]) => ({
    path: file,
    partitionValues,
    size,
  }));

function progressOf(
  tables: readonly { readonly snapshot: Snapshot | undefined }[],
  tell: QueryOptions['onProgress'],
): (bytes: number) => void {
  const sizes = tables.flatMap(({ snapshot }) => liveFiles(snapshot)).map(({ size }) => size);
  const all = { files: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
  let filesHere = 0;
  let bytesHere = 0;
  return (bytes) => {
    filesHere += 1;
    bytesHere += bytes;
    tell?.({ ...all, filesHere, bytesHere });
  };
}

interface View extends TableUse {
  readonly files: readonly LocalFile[];
}

/** Every table can be named, as DESCRIBE does; those that the plan does not read have no rows. */
const viewOf = (spec: TableSpec, views: readonly View[]): View =>
  views.find((view) => view.spec === spec) ?? { spec, columns: [], files: [] };

/** Columns that nobody reads are null: large files come without them. */
async function createView(
  lake: Lake & { readonly db: DuckDb },
  { spec, columns, files }: View,
): Promise<void> {
  const read = files.length > 0;
  const selected = spec.columns.map(({ name, type }) => {
    const column = quoteIdentifier(name);
    return read && columns.includes(name) ? column : `cast(null as ${duckDbType(type)}) as ${column}`;
  });
  const from = read ? `from ${await readTable(lake, spec, files)}` : 'where false';
  await lake.db.run(
    `create temp view ${quoteIdentifier(spec.name)} as select ${selected.join(', ')} ${from}`,
  );
}
