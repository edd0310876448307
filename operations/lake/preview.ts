import { quoteIdentifier } from '../../engine/duckdb/quote';
import { columnList } from '../../engine/duckdb/sql';
import { readTable } from '../../lake/data-files';
import { MissingDataFileError } from '../../lake/errors';
import type { Lake } from '../../lake/lake';
import { asStored } from '../../lake/layout';
import { partitionId } from '../../lake/partition-path';
import type { Snapshot } from '../../lake/snapshot';
import { liveRecords } from '../../lake/stats';
import { columnsToRead, type TableSpec, visibleColumns } from '../../lake/table-spec';
import { inParallel } from '../../storage/parallel';
import { DeploymentError } from '../errors';
import { type QueryRow, readRows } from './query/query-rows';
import type { LakeSession } from './session';
import { sum } from './stats';
import type { PartitionValues, RowsPreview } from './views';

export interface PreviewChoice {
  /** Maximum number of rows. */
  readonly limit: number;
  /** Only rows of this partition. */
  readonly partition?: PartitionValues | undefined;
  /** Only rows of this data file, by its key relative to the table. */
  readonly file?: string | undefined;
  readonly signal?: AbortSignal;
}

/** Maximum size of a preview's cells, as text. */
const MAX_BYTES = 5_000_000;
/** HEAD requests in parallel. */
const PARALLEL_HEADS = 16;

/** Maintenance has deleted data files of an old version, after their retention. */
export class VersionExpiredError extends DeploymentError {
  override readonly name = 'VersionExpiredError';
}

/**
 * Some rows of a table at a snapshot, without deleted ones, ordered by key, read from the fewest and smallest files that contain enough rows.
 *
 * @param newest the current table: its live files are not checked for existence
 * @throws VersionExpiredError if a file of the snapshot no longer exists, even if these rows are in other files;
 * DeploymentError for a file that is not in the snapshot
 */
export async function previewRows(
  { lake, downloads }: Pick<LakeSession, 'lake' | 'downloads'>,
  spec: TableSpec,
  snapshot: Snapshot,
  newest: Snapshot,
  { limit, partition, file, signal }: PreviewChoice,
): Promise<RowsPreview> {
  const stored = asStored(spec, snapshot);
  const wanted = partition && partitionId(stored, { ...partition });
  const chosen = [...snapshot.files]
    .filter(
      ([path, { partitionValues }]) =>
        (file === undefined || path === file) &&
        (wanted === undefined || partitionId(stored, partitionValues) === wanted),
    )
    .map(([path, { partitionValues, size, stats }]) => ({
      path,
      partitionValues,
      size,
      rows: liveRecords(spec, stats),
    }))
    .sort((a, b) => a.size - b.size || (a.path < b.path ? -1 : 1));
  if (file !== undefined && chosen.length === 0) {
    throw new DeploymentError(`version ${snapshot.version} of ${spec.name} has no data file ${file}`);
  }
  await requirePresent(lake, spec, snapshot, newest);
  const read = filesWithRows(chosen, limit);
  const columns = visibleColumns(spec).map(({ name }) => name);
  const held = await downloads
    .acquire(lake, spec.location, read, columnsToRead(spec, columns), signal, () => {})
    .catch((error: unknown) => {
      if (error instanceof MissingDataFileError && snapshot.version < newest.version) {
        throw expired(spec, snapshot, 1);
      }
      throw error instanceof MissingDataFileError ? new DeploymentError(broken(error)) : error;
    });
  try {
    // Its own connection: temporary objects are dropped when it closes.
    const db = await lake.db.connect();
    try {
      const relation = await readTable({ ...lake, db }, spec, held);
      const order = spec.key.map(quoteIdentifier).join(', ');
      const rows: QueryRow[] = [];
      const found = await readRows(
        db,
        `select ${columnList(columns)} from ${relation} order by ${order} limit ${Math.floor(limit)}`,
        { maxRows: limit, maxBytes: MAX_BYTES },
        async (page) => void rows.push(...page),
      );
      return {
        version: snapshot.version,
        columns: found.columns,
        rows,
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

/** The first files that together have at least `limit` rows; an unknown number counts as zero. */
function filesWithRows<File extends { readonly rows: number | null }>(
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

/** Only files that are no longer live can have been deleted. */
async function requirePresent(
  lake: Lake,
  spec: TableSpec,
  snapshot: Snapshot,
  newest: Snapshot,
): Promise<void> {
  const old = [...snapshot.files.keys()].filter((path) => !newest.files.has(path));
  const found = await inParallel(PARALLEL_HEADS, old, (path) => lake.bucket.head(`${spec.location}/${path}`));
  const missing = found.filter((object) => object === undefined).length;
  if (missing > 0) throw expired(spec, snapshot, missing);
}

const broken = ({ message }: MissingDataFileError) =>
  `${message}, though it is live: it was deleted from outside; to restore it, see "Execution failed" in docs/runbook.md`;

const expired = ({ name }: TableSpec, { version, files }: Snapshot, missing: number) =>
  new VersionExpiredError(
    `version ${version} of ${name} can no longer be read: maintenance deleted ${missing} of its ${files.size} data files; choose a newer version`,
  );
