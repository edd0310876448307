/** The base class of the lake's errors: a table cannot be read or written. The message names the table. */
export class LakeError extends Error {
  override readonly name: string = 'LakeError';

  constructor(
    readonly location: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(`table ${location}: ${message}`, options);
  }
}

/** The log lacks an entry that a reader needs, or has one that cannot be read. */
export class BrokenLogError extends LakeError {
  override readonly name = 'BrokenLogError';
}

/** The table requires a feature of the protocol that is not implemented here. */
export class UnsupportedTableError extends LakeError {
  override readonly name = 'UnsupportedTableError';

  constructor(
    location: string,
    readonly access: 'read' | 'write',
    readonly features: readonly string[],
  ) {
    super(location, `to ${access} it one needs ${features.join(', ')}, which is not supported here`);
  }
}

/** The table does not match its specification: it has other columns, keys or partitions, or allows only appends. */
export class TableMismatchError extends LakeError {
  override readonly name = 'TableMismatchError';
}

/** Other writers committed first in every attempt. Nothing has changed; a later retry can succeed. */
export class CommitContentionError extends LakeError {
  override readonly name = 'CommitContentionError';

  constructor(
    location: string,
    readonly versions: readonly number[],
  ) {
    super(
      location,
      `other writers committed first in all of ${versions.length} attempts (versions ${versions.join(', ')})`,
    );
  }
}

/** A `txn` version of the application moved since an update was computed. */
export interface MovedTxn {
  readonly appId: string;
  /** undefined: the table had none. */
  readonly expected: number | undefined;
  readonly found: number | undefined;
}

/** A `txn` version is not the one that the merge was computed from: another run of the same application committed first. */
export class TransactionMovedError extends LakeError {
  override readonly name = 'TransactionMovedError';

  constructor(
    location: string,
    readonly moved: MovedTxn,
  ) {
    const { appId, expected = 'no version', found = 'no version' } = moved;
    super(location, `expected txn ${appId} at ${expected}, found ${found}`);
  }
}

/** A data file of a snapshot is not in the bucket: the snapshot is older than the retention of clean-up. */
export class MissingDataFileError extends LakeError {
  override readonly name = 'MissingDataFileError';

  constructor(
    location: string,
    readonly key: string,
  ) {
    super(location, `its data file ${key} is not in the bucket`);
  }
}
