import { rmSync } from 'node:fs';
import type { Deployment } from '../operations/deployment';
import type { LakeSession } from '../operations/lake/session';
import { exitCodeOf } from './failure';

/**
 * Does something with a deployment's lake, on this computer. What it downloads is removed afterwards, at a Ctrl-C, which
 * ends the command at once, too.
 */
export async function withLakeSession<Result>(
  deployment: Deployment,
  work: (session: LakeSession) => Promise<Result>,
): Promise<Result> {
  // DuckDB is loaded by the commands that need it alone.
  const { withLake } = await import('../operations/lake/session');
  return withLake(deployment, (lake, session) =>
    removedAtInterruption(lake.workDirectory, () => work(session)),
  );
}

/** Removes a directory of temporary files, and ends the command, where it is interrupted meanwhile. */
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
