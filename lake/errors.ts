/** Anything that keeps the lake from reading or writing a table. The message names the table. */
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

/** The log does not hold every entry that a reader needs, or one that cannot be read. */
export class BrokenLogError extends LakeError {
  override readonly name = 'BrokenLogError';
}

/** The table asks for something of the protocol that is not implemented here. */
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

/** The table is not what its specification says: other columns, other partitions, or it only takes appends. */
export class TableMismatchError extends LakeError {
  override readonly name = 'TableMismatchError';
}

/** Other writers were faster every time. Nothing was changed; a later try can succeed. */
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

/** A `txn` version is not what the merge was computed from: another run of the same application was here. */
export class TransactionMovedError extends LakeError {
  override readonly name = 'TransactionMovedError';

  constructor(
    location: string,
    readonly appId: string,
    readonly expected: number | undefined,
    readonly found: number | undefined,
  ) {
    super(location, `expected txn ${appId} at ${expected ?? 'no version'}, found ${found ?? 'no version'}`);
  }
}

/** A data file of a snapshot is not in the bucket: the snapshot is older than what a clean-up kept. */
export class MissingDataFileError extends LakeError {
  override readonly name = 'MissingDataFileError';

  constructor(
    location: string,
    readonly key: string,
  ) {
    super(location, `its data file ${key} is not in the bucket`);
  }
}
