import { DeploymentError, explainError } from '../operations/errors';
import { printable } from './table';

/** A command failed. The message says why and what to do. */
export class CommandFailure extends DeploymentError {
  override readonly name = 'CommandFailure';
}

/** The command was stopped by a signal. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  constructor(readonly signal: 'SIGINT' | 'SIGTERM') {
    super(`ended by ${signal}`);
  }
}

/** Prints what went wrong, in one line if the cause is known. @returns the exit code */
export function reportFailure(error: unknown): number {
  // No message after Ctrl-C.
  if (error instanceof Interrupted) return exitCodeOf(error.signal);
  const lines = explainError(error).trim().split('\n').map(printable);
  process.stderr.write(`daybook: ${lines.join('\n')}\n`);
  if (process.env.DAYBOOK_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  return 1;
}

/** The shell's convention: 128 plus the signal number. */
export const exitCodeOf = (signal: NodeJS.Signals): number => (signal === 'SIGINT' ? 130 : 143);
