import { quoteIdentifier } from '../../engine/duckdb/session';
import { columnList } from '../../engine/duckdb/sql';
import { readTable } from '../../lake/data-files';
import { MissingDataFileError } from '../../lake/errors';
import type { Lake } from '../../lake/lake';
import { partitionId } from '../../lake/partition-path';
import type { Snapshot } from '../../lake/snapshot';
import { numRecords } from '../../lake/stats';
import { columnNames, type TableSpec } from '../../lake/table-spec';
import { inParallel } from '../../storage/parallel';
import { DeploymentError } from '../errors';
import { readRows } from './query-rows';
import type { LakeSession } from './session';
import { sum } from './stats';
import type { PartitionValues, RowsPreview } from './views';

export interface PreviewChoice {
  /** Rows at most. */
  readonly limit: number;
  /** Rows of this partition alone. */
  readonly partition?: PartitionValues | undefined;
  /** Rows of this data file alone, by its key relative to the table. */
  readonly file?: string | undefined;
  readonly signal?: AbortSignal;
}

/** Cells of a preview, as text. */
const MOST_BYTES = 5_000_000;
/** Requests at one time. */
const LOOKS = 16;

/** Data files of an old version are not there any more, as maintenance deletes them after their retention. */
export class VersionGoneError extends DeploymentError {
  override readonly name = 'VersionGoneError';
}

/**
 * Some rows of a table as it was at a snapshot, in the order of its key, read from as few and as small files as hold
 * enough of them.
 *
 * @param newest the table as it is now: what is live is not looked for
 * @throws VersionGoneError where a file of the snapshot is not there any more, though these rows may be in others;
 * DeploymentError for a file that the snapshot does not have
 */
export async function previewRows(
  { lake, downloads }: Pick<LakeSession, 'lake' | 'downloads'>,
  spec: TableSpec,
  snapshot: Snapshot,
  newest: Snapshot,
  { limit, partition, file, signal }: PreviewChoice,
): Promise<RowsPreview> {
  const wanted = partition && partitionId(spec, { ...partition });
  const chosen = [...snapshot.files]
    .filter(
      ([path, { partitionValues }]) =>
        (file === undefined || path === file) &&
        (wanted === undefined || partitionId(spec, partitionValues) === wanted),
    )
    .map(([path, { partitionValues, size, stats }]) => ({
      path,
      partitionValues,
      size,
      rows: numRecords(stats),
    }))
    .sort((a, b) => a.size - b.size || (a.path < b.path ? -1 : 1));
  if (file !== undefined && chosen.length === 0) {
    throw new DeploymentError(`version ${snapshot.version} of ${spec.name} has no data file ${file}`);
  }
  await requirePresent(lake, spec, snapshot, newest);
  const read = enough(chosen, limit);
  const columns = columnNames(spec);
  const held = await downloads
    .acquire(lake, spec.location, read, columns, signal, () => {})
    .catch((error: unknown) => {
      if (error instanceof MissingDataFileError && snapshot.version < newest.version) {
        throw gone(spec, snapshot, 1);
      }
      throw error instanceof MissingDataFileError ? new DeploymentError(broken(error)) : error;
    });
  try {
    // A connection of its own: what it makes goes with it.
    const db = await lake.db.connect();
    try {
      const rows = await readTable({ ...lake, db }, spec, held);
      const order = spec.key.map(quoteIdentifier).join(', ');
      const found = await readRows(
        db,
        `select ${columnList(columns)} from ${rows} order by ${order} limit ${Math.floor(limit)}`,
        { maxRows: limit, maxBytes: MOST_BYTES },
      );
      return {
        version: snapshot.version,
        columns: found.columns,
        rows: found.rows,
        rows_in_all: sum(chosen.map((one) => one.rows)),
        files_read: read.length,
        files: chosen.length,
      };
    } finally {
      db.close();
    }
  } finally {
    downloads.release(held);
  }
}

/** The first files that hold so many rows; one that does not say how many it has may have none. */
function enough<File extends { readonly rows: number | null }>(
  files: readonly File[],
  limit: number,
): File[] {
  let rows = 0;
  const end = files.findIndex((file) => {
    rows += file.rows ?? 0;
    return rows >= limit;
  });
  return end < 0 ? [...files] : files.slice(0, end + 1);
}

/** Only what is not live any more can have been deleted. */
async function requirePresent(
  lake: Lake,
  spec: TableSpec,
  snapshot: Snapshot,
  newest: Snapshot,
): Promise<void> {
  const old = [...snapshot.files.keys()].filter((path) => !newest.files.has(path));
  const found = await inParallel(LOOKS, old, (path) => lake.bucket.head(`${spec.location}/${path}`));
  const missing = found.filter((object) => object === undefined).length;
  if (missing > 0) throw gone(spec, snapshot, missing);
}

const broken = ({ message }: MissingDataFileError) =>
  `${message}, though it is live: somebody deleted it; docs/runbook.md, "Execution failed", tells how to bring it back`;

const gone = ({ name }: TableSpec, { version, files }: Snapshot, missing: number) =>
  new VersionGoneError(
    `version ${version} of ${name} cannot be read any more: maintenance deleted ${missing} of its ${files.size} data files, which no newer version needs; look at a newer version`,
  );
