import type { Action, Metadata } from './actions';
import { type Lake, newId } from './lake';
import type { WrittenFiles } from './merge-write';
import { OUR_PROTOCOL } from './protocol';
import { schemaString } from './schema';
import type { Snapshot } from './snapshot';
import type { TableSpec } from './table-spec';

/** What our own entries name as `engineInfo`. */
export const ENGINE = 'daybook';

/** How far an application has come: it stands in the table once the commit does. */
export interface Txn {
  readonly appId: string;
  readonly version: number;
}

/** What a merge did, in rows and files. */
export interface Counts {
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
  /** Rows that came and changed nothing: older than, or the same as, what the table or the batch itself has. */
  readonly superseded: number;
  readonly filesAdded: number;
  readonly filesRemoved: number;
}

/** The entry of a merge: what makes the table where there is none, txns, removes, adds. */
export function entryActions(
  lake: Lake,
  spec: TableSpec,
  snapshot: Snapshot | undefined,
  files: WrittenFiles,
  txns: readonly Txn[],
): Action[] {
  const now = lake.clock().getTime();
  const creation: Action[] = snapshot
    ? []
    : [{ protocol: OUR_PROTOCOL }, { metaData: newMetadata(lake, spec, now) }];
  return [
    ...creation,
    ...txns.map(({ appId, version }) => ({ txn: { appId, version, lastUpdated: now } })),
    ...files.removed.flatMap((file) => {
      const add = snapshot?.files.get(file);
      if (!add) return [];
      const { partitionValues, size } = add;
      return [
        {
          remove: {
            path: add.path,
            deletionTimestamp: now,
            dataChange: true,
            extendedFileMetadata: true,
            partitionValues,
            size,
          },
        },
      ];
    }),
    ...files.added.map((add) => ({ add })),
  ];
}

function newMetadata(lake: Lake, spec: TableSpec, createdTime: number): Metadata {
  return {
    id: newId(lake),
    name: spec.name,
    format: { provider: 'parquet', options: {} },
    schemaString: schemaString(spec.columns),
    partitionColumns: [...spec.partitionColumns],
    configuration: {},
    createdTime,
  };
}

/** Who committed what, for people and for `commit`, which knows its own entry by `txnId`. */
export function commitInfo(lake: Lake, spec: TableSpec, snapshot: Snapshot | undefined, outcome: Counts) {
  return {
    timestamp: lake.clock().getTime(),
    operation: 'MERGE',
    operationParameters: { key: JSON.stringify(spec.key) },
    ...(snapshot && { readVersion: snapshot.version }),
    isolationLevel: 'Serializable',
    isBlindAppend: false,
    operationMetrics: {
      numTargetRowsInserted: String(outcome.inserted),
      numTargetRowsUpdated: String(outcome.updated),
      numTargetRowsDeleted: String(outcome.deleted),
      numTargetFilesAdded: String(outcome.filesAdded),
      numTargetFilesRemoved: String(outcome.filesRemoved),
    },
    engineInfo: ENGINE,
    ...(lake.userMetadata !== undefined && { userMetadata: lake.userMetadata }),
    txnId: newId(lake),
  };
}
