import type { CommitView } from '../../api/lake';

const OPERATIONS: Readonly<Record<string, string>> = {
  MERGE: 'merge',
  OPTIMIZE: 'compaction',
};

/** The operation of a commit. */
export const operationOf = ({ operation }: CommitView): string =>
  operation === null ? 'unknown' : (OPERATIONS[operation] ?? operation);
