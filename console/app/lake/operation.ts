import type { CommitView } from '../../api/lake';

const OPERATIONS: Readonly<Record<string, string>> = {
  MERGE: 'merge',
  OPTIMIZE: 'compaction',
};

/** What a commit did, in a word. */
export const operationOf = ({ operation }: CommitView): string =>
  operation === null ? 'not said' : (OPERATIONS[operation] ?? operation);
