/**
 * Who committed what, for people and for `putEntry`, which recognises its own entry by the `txnId`.
 * https://github.com/delta-io/delta/blob/master/PROTOCOL.md#commit-provenance-information
 */

import type { ChangeFile } from './actions';
import { type Lake, newId } from './lake';
import type { Snapshot } from './replay';
import type { TableSpec } from './table-spec';

/** The `engineInfo` of our own entries. */
export const ENGINE = 'daybook';

/** What a commit was made by, in the words of the Delta log. */
export interface Operation {
  readonly operation: string;
  readonly operationParameters: Readonly<Record<string, string>>;
  readonly isolationLevel: 'Serializable' | 'SnapshotIsolation';
  /** Counts as strings, as other writers log them. */
  readonly operationMetrics: Readonly<Record<string, string>>;
  readonly daybook?: { readonly changes: ChangeFile };
}

/** What a merge changed, in rows and files. */
export interface MergeCounts {
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
  /** Incoming rows that changed nothing: older than, or equal to, the row in the table or in the batch itself. */
  readonly superseded: number;
  readonly filesAdded: number;
  readonly filesRemoved: number;
}

export function mergeOperation({ key }: TableSpec, counts?: MergeCounts): Operation {
  const metric = (name: keyof MergeCounts) => String(counts?.[name] ?? 0);
  return {
    operation: 'MERGE',
    operationParameters: { key: JSON.stringify(key) },
    isolationLevel: 'Serializable',
    operationMetrics: {
      numTargetRowsInserted: metric('inserted'),
      numTargetRowsUpdated: metric('updated'),
      numTargetRowsDeleted: metric('deleted'),
      numTargetFilesAdded: metric('filesAdded'),
      numTargetFilesRemoved: metric('filesRemoved'),
    },
  };
}

export function commitInfo(lake: Lake, operation: Operation, snapshot: Snapshot | undefined) {
  return {
    timestamp: lake.clock().getTime(),
    ...operation,
    ...(snapshot && { readVersion: snapshot.version }),
    isBlindAppend: false,
    engineInfo: ENGINE,
    ...(lake.userMetadata !== undefined && { userMetadata: lake.userMetadata }),
    txnId: newId(lake),
  };
}
