import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { catalog } from '../../../catalog/catalog';
import { dataFilesOf, type LocalFile } from '../../../lake/data-files';
import { BrokenLogError, MissingDataFileError } from '../../../lake/errors';
import { type Lake, newId } from '../../../lake/lake';
import { readSnapshot, type Snapshot } from '../../../lake/snapshot';
import { columnsToRead, type TableSpec } from '../../../lake/table-spec';
import type { LakeSession } from '../session';
import { explainDuckDb, LakeQueryError } from './query-error';
import type { QueryView } from './query-messages';
import type { TableUse } from './query-plan';
import { QueryProcess, QueryProcessError } from './query-process';
import type { QueryRow, RowLimits, RowsRead } from './query-rows';

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
 * Runs one SELECT over the tables of the lake, without their deleted rows, in a process of its own that can read nothing else,
 * and changes nothing. Only the data files of the tables that it reads are downloaded, and of large files only the columns that
 * it reads; the session keeps them for the next query. Several queries can run concurrently.
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
  requireNotCancelled(signal);
  const child = new QueryProcess(path.join(lake.workDirectory, `query-${newId(lake)}`));
  const onAbort = () => child.stop(cancelled());
  signal?.addEventListener('abort', onAbort, { once: true });
  const held: LocalFile[] = [];
  try {
    const uses = await inTime(child, timeoutMs, () => planOf(child, sql));
    const tables = await Promise.all(
      uses.map(async ({ table, columns }) => {
        const spec = LAKE_TABLES.find(({ name }) => name === table) as TableSpec;
        return { spec, columns, snapshot: await snapshotOf(lake, spec, versions) };
      }),
    );
    const arrived = progressOf(tables, options.onProgress);
    const views: QueryView[] = [];
    for (const { spec, columns, snapshot } of tables) {
      const files = await downloads.acquire(
        lake,
        spec.location,
        dataFilesOf(snapshot),
        columnsToRead(spec, columns),
        signal,
        arrived,
      );
      held.push(...files);
      views.push({ spec, columns, files });
    }
    const limits = { maxRows, maxBytes };
    const result = await inTime(child, timeoutMs, () => rowsOf(child, sql, views, limits));
    return {
      ...result,
      seconds: (performance.now() - started) / 1000,
      tables: tables.map(({ spec: { name }, snapshot }) => ({ name, version: snapshot?.version ?? null })),
    };
  } catch (error) {
    requireNotCancelled(signal);
    throw explain(error, sql);
  } finally {
    signal?.removeEventListener('abort', onAbort);
    await child.close();
    downloads.release(held);
  }
}

/** Kills the process if the work takes longer. */
async function inTime<Result>(
  child: QueryProcess,
  timeoutMs: number,
  work: () => Promise<Result>,
): Promise<Result> {
  const timer = setTimeout(() => child.stop(timeoutOf(timeoutMs)), timeoutMs);
  try {
    return await work();
  } finally {
    clearTimeout(timer);
  }
}

async function planOf(child: QueryProcess, sql: string): Promise<readonly TableUse[]> {
  let uses: readonly TableUse[] = [];
  await child.ask({ type: 'plan', sql, specs: LAKE_TABLES }, (answer) => {
    if (answer.type === 'planned') uses = answer.uses;
    return true;
  });
  return uses;
}

/** Every table gets a view, for DESCRIBE and the like; those that the plan does not read are empty. */
async function rowsOf(
  child: QueryProcess,
  sql: string,
  used: readonly QueryView[],
  limits: RowLimits,
): Promise<RowsRead> {
  const views = LAKE_TABLES.map(
    (spec) => used.find((view) => view.spec === spec) ?? { spec, columns: [], files: [] },
  );
  const rows: QueryRow[] = [];
  let read: Omit<RowsRead, 'rows'> = { columns: [], truncated: false };
  await child.ask({ type: 'read', sql, views, limits }, (answer) => {
    if (answer.type === 'rows') for (const row of answer.rows) rows.push(row);
    if (answer.type !== 'read') return false;
    read = { columns: answer.columns, truncated: answer.truncated };
    return true;
  });
  return { ...read, rows };
}

function explain(error: unknown, sql: string): unknown {
  if (error instanceof MissingDataFileError) {
    return new LakeQueryError(
      'version',
      `${error.message}: it belonged to an old version and maintenance deleted it; try again, or choose a newer version`,
    );
  }
  if (error instanceof QueryProcessError && error.refusal) {
    return new LakeQueryError(error.refusal, error.message);
  }
  return explainDuckDb(
    error,
    sql,
    LAKE_TABLES.map(({ name }) => name),
  );
}

function requireNotCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw cancelled();
}

const cancelled = () => new LakeQueryError('cancelled', 'the query was cancelled');

const timeoutOf = (timeoutMs: number) =>
  new LakeQueryError(
    'timeout',
    `the query timed out after ${timeoutMs / 1000} s: filter or aggregate earlier, or increase the timeout`,
  );

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

function progressOf(
  tables: readonly { readonly snapshot: Snapshot | undefined }[],
  report: QueryOptions['onProgress'],
): (bytes: number) => void {
  const sizes = tables.flatMap(({ snapshot }) => dataFilesOf(snapshot)).map(({ size = 0 }) => size);
  const all = { files: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
  let filesLoaded = 0;
  let bytesLoaded = 0;
  return (bytes) => {
    filesLoaded += 1;
    bytesLoaded += bytes;
    report?.({ ...all, filesLoaded, bytesLoaded });
  };
}
