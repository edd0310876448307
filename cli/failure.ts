import { DeploymentError } from '../deployment/errors';
import { printable } from './table';

/** A command could not do what was asked; the message says why and what to do. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
}

/** The user, or the system, ended the command by a signal. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  constructor(readonly signal: 'SIGINT' | 'SIGTERM') {
    super(`ended by ${signal}`);
  }
}

/** What AWS answers where the deployment's queue, table, bucket or state machine is not. */
const NOT_DEPLOYED = [
  'QueueDoesNotExist',
  'ResourceNotFoundException',
  'NoSuchBucket',
  'NotFound',
  'StateMachineDoesNotExist',
];

const LOCAL_HINT = 'AWS_ENDPOINT_URL=http://127.0.0.1:4566 for a local pipeline';

/** Tells the user what went wrong, in a line where the cause is known. @returns the exit code */
export function reportFailure(error: unknown): number {
  // As the shell has it: 128 and the signal's number. Whoever pressed Ctrl-C knows why.
  if (error instanceof Interrupted) return error.signal === 'SIGINT' ? 130 : 143;
  const lines = explain(error).trim().split('\n').map(printable);
  process.stderr.write(`daybook: ${lines.join('\n')}\n`);
  if (process.env.DAYBOOK_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  return 1;
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? error.code : undefined;
  const endpoint = process.env.AWS_ENDPOINT_URL;
  if (code === 'ECONNREFUSED' && endpoint) {
    return `nothing answers at ${endpoint} (AWS_ENDPOINT_URL); start it with: daybook local`;
  }
  if (error.name === 'CredentialsProviderError') {
    return `no AWS credentials: set AWS_PROFILE, or ${LOCAL_HINT}`;
  }
  if (/region is missing/i.test(error.message)) {
    return `no AWS region: set AWS_REGION, or ${LOCAL_HINT}`;
  }
  if (NOT_DEPLOYED.includes(error.name)) {
    return `no Daybook there (${error.name}: ${error.message}); are account, region and DAYBOOK_PREFIX those of a deployment?`;
  }
  const isPlain =
    error instanceof CommandFailure || error instanceof DeploymentError || error.name === 'Error';
  return isPlain ? error.message : `${error.name}: ${error.message}`;
}
