import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { catalog } from '../../catalog/catalog';
import { lock } from '../../engine/duckdb/locked';
import { quoteIdentifier } from '../../engine/duckdb/quote';
import type { DuckDb } from '../../engine/duckdb/session';
import { type LocalFile, readTable } from '../../lake/data-files';
import { BrokenLogError, MissingDataFileError } from '../../lake/errors';
import { type Lake, newId } from '../../lake/lake';
import { duckDbType } from '../../lake/schema';
import { readSnapshot, type Snapshot } from '../../lake/snapshot';
import { columnsToRead, type TableSpec, visibleColumns } from '../../lake/table-spec';
import { explainDuckDb, LakeQueryError } from './query-error';
import { type RowLimits, type RowsRead, readRows } from './query-rows';
import { inSandbox, planQuery, requireNotCancelled, type TableUse } from './query-sandbox';
import type { LakeSession } from './session';

export { LakeQueryError } from './query-error';
export type { QueryColumn, QueryRow } from './query-rows';

/** The tables that a query can read, by their unqualified names. */
export const LAKE_TABLES: readonly TableSpec[] = catalog.tables;

export interface QueryOptions extends Partial<RowLimits> {
  /** For the query itself, not for downloads. */
  readonly timeoutMs?: number;
  /** Older versions by table; the other tables are read at their newest version. */
  readonly versions?: Readonly<Record<string, number>>;
  /** Checked between two data files, and while the query runs. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: QueryProgress) => void;
}

export interface QueryProgress {
  /** Data files that the query reads. */
  readonly files: number;
  readonly filesLoaded: number;
  /** Size in the bucket; of large files only the columns that are read are downloaded. */
  readonly bytes: number;
  readonly bytesLoaded: number;
}

export interface QueryResult extends RowsRead {
  /** Total, downloads included. */
  readonly seconds: number;
  /** The tables that were read; version null if a table does not exist yet, which counts as empty. */
  readonly tables: readonly { readonly name: string; readonly version: number | null }[];
}

export const QUERY_DEFAULTS = { maxRows: 1_000, maxBytes: 20_000_000, timeoutMs: 30_000 };

/**
 * Runs one SELECT over the tables of the lake, without their deleted rows. Only the data files of the tables that it reads are downloaded, and of large
 * files only the columns that it reads; the session keeps them for the next query. The query has no access to other files
 * or the network, and changes nothing; several can run concurrently.
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
      const files = await downloads.acquire(
        lake,
        spec.location,
        live,
        columnsToRead(spec, columns),
        signal,
        arrived,
      );
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
        `${error.message}: it belonged to an old version and maintenance deleted it; try again, or choose a newer version`,
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
    // The first entries of the log were deleted.
    if (error instanceof BrokenLogError) return undefined;
    throw error;
  });
  if (snapshot?.version === version) return snapshot;
  throw new LakeQueryError(
    'version',
    `version ${version} of ${name} does not exist (any more); list the versions with: daybook lake`,
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
  report: QueryOptions['onProgress'],
): (bytes: number) => void {
  const sizes = tables.flatMap(({ snapshot }) => liveFiles(snapshot)).map(({ size }) => size);
  const all = { files: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
  let filesLoaded = 0;
  let bytesLoaded = 0;
  return (bytes) => {
    filesLoaded += 1;
    bytesLoaded += bytes;
    report?.({ ...all, filesLoaded, bytesLoaded });
  };
}

interface View extends TableUse {
  readonly files: readonly LocalFile[];
}

/** Every table gets a view, for DESCRIBE and the like; those that the plan does not read are empty. */
const viewOf = (spec: TableSpec, views: readonly View[]): View =>
  views.find((view) => view.spec === spec) ?? { spec, columns: [], files: [] };

/** Columns that the query does not read are null, as large files are downloaded without them. */
async function createView(
  lake: Lake & { readonly db: DuckDb },
  { spec, columns, files }: View,
): Promise<void> {
  const read = files.length > 0;
  const selected = visibleColumns(spec).map(({ name, type }) => {
    const column = quoteIdentifier(name);
    return read && columns.includes(name) ? column : `cast(null as ${duckDbType(type)}) as ${column}`;
  });
  const from = read ? `from ${await readTable(lake, spec, files)}` : 'where false';
  await lake.db.run(
    `create temp view ${quoteIdentifier(spec.name)} as select ${selected.join(', ')} ${from}`,
  );
}
