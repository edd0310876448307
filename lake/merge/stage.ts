import type { ChangeFile } from '../actions';
import { checkStaged, isSame } from '../check';
import { deleteFiles } from '../data-files';
import { dropTables, type Lake } from '../lake';
import type { Snapshot } from '../replay';
import type { TableSpec } from '../table-spec';
import type { Batch } from './batch';
import { changedPartitions, type PartitionPlan, planPartitions } from './partitions';
import { holdsKeys, type MergePlan, planMerge } from './plan';
import { deleteAdds, type StagedPartition, type WriteOptions, writePartitions } from './write';

/** A merge that is ready to be committed to a snapshot. */
export interface StagedMerge {
  readonly snapshot: Snapshot | undefined;
  readonly plan: MergePlan;
  readonly partitions: readonly StagedPartition[];
  /** Uploaded, like the data files of the partitions. */
  readonly changes?: ChangeFile | undefined;
}

/**
 * Finds what a batch changes in a snapshot, and writes and uploads the data files for it.
 *
 * @param last the merge as it was staged for an earlier snapshot. It is reused as a whole if its files are still live and
 * no new file holds a key of the batch; otherwise the partitions whose input is unchanged are, and the other data files
 * are deleted.
 * @throws MissingDataFileError, what the bucket throws; the files that this call uploaded are deleted as far as possible
 */
export async function stageMerge(
  lake: Lake,
  spec: TableSpec,
  batch: Batch,
  snapshot: Snapshot | undefined,
  { directory, targetBytes, changeFiles }: WriteOptions,
  last?: StagedMerge,
): Promise<StagedMerge> {
  if (last && snapshot && (await stillHolds(lake, spec, batch, snapshot, directory, last))) {
    return { ...last, snapshot };
  }
  const plan = await planMerge(lake, spec, batch, snapshot, directory);
  const planned = await planPartitions(lake, spec, plan, snapshot);
  const reused = last && snapshot ? await unchanged(lake, spec, last, { snapshot, plan, planned }) : [];
  if (last) await discard(lake, spec, last, reused);
  const ids = new Set(reused.map(({ id }) => id));
  const toWrite = planned.filter(({ id }) => !ids.has(id));
  try {
    const places = { directory, targetBytes, changeFiles };
    const { written, changes } = await writePartitions(lake, spec, plan, toWrite, snapshot, places);
    return { snapshot, plan, partitions: [...reused, ...written], changes };
  } catch (error) {
    await discard(lake, spec, { plan, partitions: reused });
    throw error;
  }
}

/** Deletes the data files and temporary tables of a merge that is not committed, except for the partitions to keep. */
export async function discard(
  lake: Lake,
  spec: TableSpec,
  { plan, partitions, changes }: Pick<StagedMerge, 'plan' | 'partitions' | 'changes'>,
  kept: readonly StagedPartition[] = [],
): Promise<void> {
  const discarded = partitions.filter((partition) => !kept.includes(partition));
  await deleteAdds(
    lake,
    spec,
    discarded.flatMap(({ adds }) => adds),
  );
  if (changes) await deleteFiles(lake, spec.location, [changes.path]);
  await dropTables(lake, plan.tables);
}

async function stillHolds(
  lake: Lake,
  spec: TableSpec,
  batch: Batch,
  snapshot: Snapshot,
  directory: string,
  last: StagedMerge,
): Promise<boolean> {
  const reads = new Set([...last.plan.hit, ...last.partitions.flatMap(({ removes }) => removes)]);
  const check = checkStaged({ snapshot: last.snapshot, reads }, snapshot);
  return check.outcome === 'holds' && !(await holdsKeys(lake, spec, batch, check.added, directory));
}

/** Partitions that get the same new rows as before, and lose rows of the same files. */
async function unchanged(
  lake: Lake,
  spec: TableSpec,
  last: StagedMerge,
  now: { snapshot: Snapshot; plan: MergePlan; planned: readonly PartitionPlan[] },
): Promise<StagedPartition[]> {
  const changed = await changedPartitions(lake, spec, last.plan, now.plan);
  const dirtyNow = new Map(now.planned.map(({ id, dirty }) => [id, new Set(dirty.map(({ path }) => path))]));
  return last.partitions.filter(({ id, dirty, removes }) => {
    const files = dirtyNow.get(id);
    const hasSameFiles = files?.size === dirty.length && dirty.every((file) => files.has(file));
    return (
      hasSameFiles && !changed.has(id) && removes.every((file) => isSame(file, last.snapshot, now.snapshot))
    );
  });
}
