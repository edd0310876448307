import { quoteIdentifier } from '../../engine/duckdb/quote';
import type { DuckDb } from '../../engine/duckdb/session';
import { columnList } from '../../engine/duckdb/sql';
import { dataFilesOf, readTable } from '../../lake/data-files';
import { type Lake, temporaryName } from '../../lake/lake';
import { filesThatMayOverlap } from '../../lake/pruning';
import { duckDbType } from '../../lake/schema';
import type { Snapshot } from '../../lake/snapshot';
import { columnsToRead, type TableSpec } from '../../lake/table-spec';
import type { LakeSession } from './session';

/** What to read of a table. */
export interface TableRead {
  readonly spec: TableSpec;
  /** undefined if the table does not exist, which counts as empty. */
  readonly snapshot: Snapshot | undefined;
  readonly columns: readonly string[];
  /** Leaves out files without a value of the column between these, both included. Other rows of the files remain. */
  readonly within?: readonly Bounds[];
}

export interface Bounds {
  readonly column: string;
  /** As text that casts to the type of the column. */
  readonly low: string;
  readonly high: string;
}

/**
 * Runs queries over tables of the lake, each a view of its name without deleted rows. Data files are downloaded if they are not
 * there, and kept for the next call; of large files only the columns that are read.
 *
 * @param work with a connection of its own, which is closed afterwards; interrupted when the signal aborts
 * @throws MissingDataFileError if maintenance deleted a file of an old snapshot; what `work` throws. A retry is safe
 */
export async function readTables<Result>(
  { lake, downloads }: Pick<LakeSession, 'lake' | 'downloads'>,
  tables: readonly TableRead[],
  work: (db: DuckDb) => Promise<Result>,
  signal?: AbortSignal,
): Promise<Result> {
  const db = await lake.db.connect();
  const interrupt = () => db.connection.interrupt();
  const releases: (() => void)[] = [];
  signal?.addEventListener('abort', interrupt, { once: true });
  try {
    for (const { spec, snapshot, columns, within = [] } of tables) {
      const files = await filesWithin({ ...lake, db }, spec, snapshot, within);
      const held = await downloads.acquire(
        lake,
        spec.location,
        files,
        columnsToRead(spec, columns),
        signal,
        () => {},
      );
      releases.push(() => downloads.release(held));
      const rows = await readTable({ ...lake, db }, spec, held, columns);
      await db.run(
        `create temp view ${quoteIdentifier(spec.name)} as select ${columnList(columns)} from ${rows}`,
      );
    }
    return await work(db);
  } finally {
    signal?.removeEventListener('abort', interrupt);
    for (const release of releases) release();
    db.close();
  }
}

/** The live files that may hold a row within all bounds. */
async function filesWithin(
  lake: Lake,
  spec: TableSpec,
  snapshot: Snapshot | undefined,
  within: readonly Bounds[],
) {
  let files: Snapshot['files'] = snapshot?.files ?? new Map();
  for (const { column, low, high } of within) {
    const type = spec.columns.find(({ name }) => name === column)?.type;
    if (!type) throw new RangeError(`table ${spec.location} has no column ${column}`);
    const range = temporaryName(lake, 'range');
    const cast = (value: string) => `cast($${value} as ${duckDbType(type)}) as ${value}`;
    await lake.db.run(`create temp table ${range} as select ${cast('low')}, ${cast('high')}`, { low, high });
    const kept = new Set(await filesThatMayOverlap(lake, spec, files, column, range));
    files = new Map([...files].filter(([path]) => kept.has(path)));
  }
  return dataFilesOf({ files });
}
