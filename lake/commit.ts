/**
 * Committing data files to a table, whoever wrote them.
 * https://github.com/delta-io/delta/blob/master/PROTOCOL.md#delta-log-entries
 */

import type { Action, AddFile, Metadata, Txn } from './actions';
import { checkWritable } from './check';
import { isCheckpointDue, writeCheckpoint } from './checkpoint';
import { commitInfo, type Operation } from './commit-info';
import { LakeError } from './errors';
import { type Lake, newId } from './lake';
import { putEntry } from './log-entry';
import { missingColumns, OUR_PROTOCOL } from './protocol';
import { advance, type Snapshot } from './replay';
import { extendSchemaString, schemaString } from './schema';
import type { TableSpec } from './table-spec';

/** One commit's changes to a table. */
export interface FileCommit {
  /**
   * Data files that are in the bucket already, with their statistics. Each holds rows of one partition, and no key that a
   * live file holds which stays. A column that a file lacks is null.
   */
  readonly adds: readonly AddFile[];
  /** Live files that leave the table, by their keys relative to it. */
  readonly removes: readonly string[];
  /** Live files that stay, with what changes in their actions (lake/confirmation). */
  readonly confirms?: readonly AddFile[];
  readonly txns: readonly Txn[];
  /** False if the table's rows stay the same, as after a compaction: such a commit writes no checkpoint. */
  readonly dataChange: boolean;
  /** The files in `adds` are all that the table has: it gets the columns and partitions of the specification. */
  readonly replaces?: boolean;
  /** The partition columns that the table gets with this commit, which removes all files with others; by default those of the specification, or that it has. */
  readonly partitionColumns?: readonly string[];
  readonly operation: Operation;
}

export type CommitResult =
  | { readonly outcome: 'committed'; readonly version: number }
  /** Another writer committed this version first: nothing of ours was written. */
  | { readonly outcome: 'conflict'; readonly version: number };

/**
 * Commits data files as the version after a snapshot. The first commit creates the table. If the table lacks columns of
 * the specification, the commit appends them to its schema, as nullable columns; likewise its properties. Commits of rows also write the checkpoint
 * if one is due; the commit stands whether or not that succeeds. A lost response is recognised.
 *
 * @param snapshot the table that `removes` and `adds` were computed from; undefined if there is none
 * @returns a conflict as a value: check the update against the new snapshot, and commit again
 * @throws UnsupportedTableError, TableMismatchError, and LakeError for a file in `removes` that is not live: nothing is
 * written. What the bucket throws: the outcome is unknown, and the files must stay.
 */
export async function commitFiles(
  lake: Lake,
  spec: TableSpec,
  snapshot: Snapshot | undefined,
  commit: FileCommit,
): Promise<CommitResult> {
  checkWritable(spec, snapshot, commit.replaces);
  const version = (snapshot?.version ?? -1) + 1;
  const actions = entryActions(lake, spec, snapshot, commit);
  const info = commitInfo(lake, commit.operation, snapshot);
  const outcome = await putEntry(lake, spec.location, version, info, actions);
  // Maintenance itself writes the checkpoint after its compaction, and the marks of a publication follow a commit of rows.
  if (outcome === 'committed' && commit.dataChange) await checkpointWhenDue(lake, snapshot, actions);
  return { outcome, version };
}

function entryActions(
  lake: Lake,
  spec: TableSpec,
  snapshot: Snapshot | undefined,
  { adds, removes, confirms = [], txns, dataChange, replaces = false, partitionColumns }: FileCommit,
): Action[] {
  const now = lake.clock().getTime();
  return [
    ...tableActions(lake, spec, snapshot, now, { replaces, partitionColumns }),
    ...txns.map(({ appId, version }) => ({ txn: { appId, version, lastUpdated: now } })),
    ...removes.map((file) => {
      const add = snapshot?.files.get(file);
      if (!add) throw new LakeError(spec.location, `${file} cannot be removed: it is not a live file`);
      const { path, partitionValues, size } = add;
      const remove = { path, deletionTimestamp: now, dataChange, extendedFileMetadata: true };
      return { remove: { ...remove, partitionValues, size } };
    }),
    ...adds.map((add) => ({ add: { ...add, dataChange } })),
    ...confirms.map((add) => ({ add })),
  ];
}

/** What creates the table, or adds the columns and properties that it lacks. */
function tableActions(
  lake: Lake,
  spec: TableSpec,
  snapshot: Snapshot | undefined,
  now: number,
  { replaces = false, partitionColumns }: Pick<FileCommit, 'replaces' | 'partitionColumns'>,
): Action[] {
  const given = { ...spec, ...(partitionColumns && { partitionColumns }) };
  if (!snapshot) return [{ protocol: OUR_PROTOCOL }, { metaData: newMetadata(lake, given, now) }];
  const metadata = {
    ...snapshot.metadata,
    ...(partitionColumns && { partitionColumns: [...partitionColumns] }),
  };
  if (replaces) {
    const { id, createdTime = now } = metadata;
    return [{ metaData: { ...newMetadata(lake, given, createdTime), id } }];
  }
  const missing = missingColumns(metadata, spec);
  const configuration = { ...metadata.configuration, ...spec.properties };
  const isComplete = Object.keys(spec.properties ?? {}).every((name) => metadata.configuration?.[name]);
  if (missing.length === 0 && isComplete && !partitionColumns) return [];
  const schemaString = extendSchemaString(metadata.schemaString, missing);
  return [{ metaData: { ...metadata, schemaString, configuration } }];
}

/** https://github.com/delta-io/delta/blob/master/PROTOCOL.md#change-metadata */
function newMetadata(lake: Lake, spec: TableSpec, createdTime: number): Metadata {
  return {
    id: newId(lake),
    name: spec.name,
    format: { provider: 'parquet', options: {} },
    schemaString: schemaString(spec.columns),
    partitionColumns: [...spec.partitionColumns],
    configuration: { ...spec.properties },
    createdTime,
  };
}

/** A checkpoint that fails is only logged: the next one includes it. */
async function checkpointWhenDue(
  lake: Lake,
  before: Snapshot | undefined,
  actions: readonly Action[],
): Promise<void> {
  if (!before || !isCheckpointDue(before)) return;
  try {
    await writeCheckpoint(lake, advance(before, actions));
  } catch (error) {
    const version = before.version + 1;
    lake.logger?.warn(`table ${before.location}: the checkpoint of version ${version} failed`, { error });
  }
}
