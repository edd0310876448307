import { type DeploymentCheck, type Finding, ok, warning } from '../check';
import { requires } from '../permission';

/** Do the contracts fit the tables that their rows are stored in? */
export const storedTables: DeploymentCheck = {
  id: 'stored-tables',
  title: 'tables of the contracts',
  local: true,
  async run({ account, contracts }) {
    const catalog = contracts();
    // Loads DuckDB only here.
    const { withLake } = await import('../../lake/session');
    const { contractMismatches } = await import('../../lake/contract-mismatches');
    return judgeStoredTables(
      await requires('s3:ListBucket and s3:GetObject', () =>
        withLake(account, (lake) => contractMismatches(lake, catalog)),
      ),
    );
  },
};

/** @param mismatches why stage would refuse files, one message per kind */
export function judgeStoredTables(mismatches: readonly string[]): Finding {
  if (mismatches.length === 0) return ok('every contract fits the rows that are stored');
  return warning(
    `the files of these contracts will be refused: ${mismatches.join(' | ')}`,
    'docs/runbook.md#change-a-type-a-key-or-a-partition',
  );
}
