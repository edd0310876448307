/**
 * Merges that Spark computes (engine/spark): what it is told about a table, and the commit of what it wrote. Spark itself commits
 * nothing, as its own log store on S3 cannot put an entry only if it is absent.
 */

import { quoteIdentifier } from '../engine/duckdb/quote';
import type { SparkComputed, SparkFile, SparkMerge, SparkTable } from '../engine/spark/plan';
import type { AddFile } from './actions';
import { checkWritable } from './check';
import type { FileCommit } from './commit';
import { mergeOperation } from './commit-info';
import { confirmedBy, type Origin, parseOrigin } from './confirmation';
import { CommitContentionError, LakeError, TransactionMovedError } from './errors';
import type { Lake } from './lake';
import { asStored } from './layout';
import type { MergeOptions, MergeOutcome } from './merge';
import { bytesPerRow } from './merge/write';
import { pathToUri } from './partition-path';
import type { Snapshot } from './replay';
import { TARGET_FILE_BYTES } from './size-tiering';
import { statsJson } from './stats';
import { type DayPart, fileColumns, type TableSpec } from './table-spec';
import { pendingTxns, updateTable } from './update';

/** A table at a version, for a plan. */
export function tableForSpark(spec: TableSpec, snapshot: Snapshot | undefined): SparkTable {
  return {
    name: spec.name,
    location: spec.location,
    columns: spec.columns.map(({ name, type }) => ({ name, type })),
    partition_columns: [...asStored(spec, snapshot).partitionColumns],
    deleted_column: spec.deletedColumn ?? null,
    files: [...(snapshot?.files ?? [])].map(([path, add]) => ({
      path,
      partition_values: add.partitionValues,
      size: add.size,
      origin: originOf(add),
    })),
  };
}

function originOf(add: AddFile): Origin | null {
  const by = confirmedBy(add);
  return by === undefined ? null : parseOrigin(by);
}

/**
 * A merge into a table, for a plan.
 * @param rows what differs between merges
 * @throws UnsupportedTableError, TableMismatchError for a table that must not be written
 */
export function mergeForSpark(
  spec: TableSpec,
  snapshot: Snapshot | undefined,
  rows: Pick<SparkMerge, 'views' | 'rows' | 'is_complete' | 'replaces' | 'reads'>,
  targetFileBytes = TARGET_FILE_BYTES,
): SparkMerge {
  checkWritable(spec, snapshot, rows.replaces);
  return {
    table: spec.name,
    key: [...spec.key],
    version_order: [...spec.versionOrder],
    derived: Object.entries(spec.derived).map(([name, part]) => ({ name, sql: partOfDay(part) })),
    ...rows,
    target_bytes: Math.min(targetFileBytes, spec.maxFileBytes ?? TARGET_FILE_BYTES),
    row_bytes: Math.ceil(bytesPerRow(snapshot)),
  };
}

/** In Spark's SQL, with UTC as the time zone of the session. */
const partOfDay = ({ of, skip = 0, length }: DayPart): string =>
  `substring(cast(cast(${quoteIdentifier(of)} as date) as string), ${skip + 1}, ${length})`;

/** The table is no longer what Spark read. */
class PlanOutdatedError extends LakeError {
  override readonly name = 'PlanOutdatedError';
}

/**
 * Commits what Spark computed from a table, in one commit or not at all. A retry is safe: what is committed already is
 * recognised by its files.
 *
 * @param computed what the last job computed; undefined if there was none
 * @returns undefined if that is nothing of this table, or if the table has other files now than those that the job read: nothing is
 * committed, and the merge must be computed
 * @throws as `merge`
 */
export async function commitFromSpark(
  lake: Lake,
  spec: TableSpec,
  computed: SparkComputed | undefined,
  {
    txns = [],
    txnsOfRows = [],
    replace = false,
    ...options
  }: Pick<MergeOptions, 'txns' | 'txnsOfRows' | 'replace' | 'since'> = {},
): Promise<MergeOutcome | undefined> {
  const merged = computed?.manifest.merges.find(({ table }) => table === spec.name);
  const read = computed?.plan.tables.find(({ name }) => name === spec.name);
  if (!merged || !read) return undefined;
  const { removes, adds, counts } = merged;
  const planned = new Map(read.files.map(({ path, origin }) => [path, JSON.stringify(origin)]));
  const isPlanned = ([path, add]: [string, AddFile]) => planned.get(path) === JSON.stringify(originOf(add));
  const all = { ...counts, filesAdded: adds.length, filesRemoved: removes.length };
  const changesRows = adds.length + removes.length > 0;
  const stage = async (snapshot: Snapshot | undefined): Promise<FileCommit | undefined> => {
    const live: ReadonlyMap<string, AddFile> = snapshot?.files ?? new Map();
    if (adds.some(({ path }) => live.has(path))) return undefined;
    if (live.size !== planned.size || ![...live].every(isPlanned))
      throw new PlanOutdatedError(spec.location, 'it has other files than those that Spark read');
    const pending = pendingTxns(snapshot, changesRows ? [...txns, ...txnsOfRows] : txns);
    if (!changesRows && pending.length === 0) return undefined;
    return {
      adds: adds.map((file) => addOf(lake, asStored(spec, snapshot), file)),
      removes,
      txns: pending,
      dataChange: true,
      replaces: replace,
      operation: mergeOperation(spec, all),
    };
  };
  try {
    const result = await updateTable(lake, spec, stage, {
      ...options,
      txns: [...txns, ...txnsOfRows],
      replaces: replace,
    });
    if (result.outcome === 'contended') throw new CommitContentionError(spec.location, result.versions);
    if (result.outcome === 'refused') throw new TransactionMovedError(spec.location, result.moved);
    return { ...all, version: result.version, attempts: result.attempts };
  } catch (error) {
    if (!(error instanceof PlanOutdatedError)) throw error;
    lake.logger?.info(`${error.message}: it is computed again`);
    return undefined;
  }
}

function addOf(lake: Lake, spec: TableSpec, file: SparkFile): AddFile {
  const columns = fileColumns(spec);
  const statistics = new Map(
    Object.entries(file.columns).map(([name, { min, max, nulls, has_nan }]) => [
      name,
      { min: min ?? undefined, max: max ?? undefined, nullCount: nulls, hasNan: has_nan },
    ]),
  );
  return {
    path: pathToUri(file.path),
    partitionValues: file.partition_values,
    size: file.size,
    modificationTime: lake.clock().getTime(),
    dataChange: true,
    stats: statsJson(file.rows, columns, statistics),
  };
}
