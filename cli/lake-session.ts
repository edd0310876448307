import { rmSync } from 'node:fs';
import type { Deployment } from '../operations/deployment';
import type { LakeSession } from '../operations/lake/session';
import { exitCodeOf } from './failure';

/**
 * Runs work with a session for a deployment's lake. Its downloads are deleted afterwards, also on Ctrl-C, which ends the
 * command immediately.
 */
export async function withLakeSession<Result>(
  deployment: Deployment,
  work: (session: LakeSession) => Promise<Result>,
): Promise<Result> {
  // Loads DuckDB only in the commands that need it.
  const { withLake } = await import('../operations/lake/session');
  return withLake(deployment, (lake, session) =>
    removedAtInterruption(lake.workDirectory, () => work(session)),
  );
}

/** Deletes a temporary directory and ends the command if it is interrupted during the work. */
export async function removedAtInterruption<Result>(
  directory: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const end = (signal: NodeJS.Signals) => {
    rmSync(directory, { recursive: true, force: true });
    process.exit(exitCodeOf(signal));
  };
  process.once('SIGINT', end).once('SIGTERM', end);
  try {
    return await work();
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end);
  }
}
