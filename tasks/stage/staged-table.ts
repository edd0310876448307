import type { RowsOfKind, StagedTable } from '../../domain/workflow';
import type { MergeOutcome } from '../../lake/merge';

/**
 * What the result says of a kind's table.
 * @param files the batch's
 * @param versions of the merge into its history, if it has one
 */
export const stagedTable = (
  kind: string,
  files: readonly RowsOfKind[],
  outcome: MergeOutcome,
  versions: MergeOutcome | undefined,
): StagedTable => ({
  table: kind,
  rows: files.reduce((sum, { rows }) => sum + rows, 0),
  inserted: outcome.inserted,
  updated: outcome.updated,
  deleted: outcome.deleted,
  superseded: outcome.superseded,
  version: outcome.version,
  files_added: outcome.filesAdded,
  files_removed: outcome.filesRemoved,
  ...(versions && { versions_added: versions.inserted }),
});
