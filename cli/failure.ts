import { DeploymentError, explainError } from '../operations/errors';
import { printable } from './table';

/** A command could not do what was asked; the message says why and what to do. */
export class CommandFailure extends DeploymentError {
  override readonly name = 'CommandFailure';
}

/** The user, or the system, ended the command by a signal. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  constructor(readonly signal: 'SIGINT' | 'SIGTERM') {
    super(`ended by ${signal}`);
  }
}

/** Tells the user what went wrong, in a line where the cause is known. @returns the exit code */
export function reportFailure(error: unknown): number {
  // Whoever pressed Ctrl-C knows why.
  if (error instanceof Interrupted) return exitCodeOf(error.signal);
  const lines = explainError(error).trim().split('\n').map(printable);
  process.stderr.write(`daybook: ${lines.join('\n')}\n`);
  if (process.env.DAYBOOK_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  return 1;
}

/** As the shell has it: 128 and the signal's number. */
export const exitCodeOf = (signal: NodeJS.Signals): number => (signal === 'SIGINT' ? 130 : 143);
