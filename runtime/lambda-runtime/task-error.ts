import { causeOf } from '../task-result';
import type { FunctionError } from './runtime-api';

/**
 * The error names that the state machine distinguishes. `TaskFailed`: the task itself failed, and would on Fargate too.
 * `OutOfResources`: the function had too little memory or disk; Fargate has more. If the process dies or times out, Lambda
 * names the error.
 */
export type TaskErrorType = 'TaskFailed' | 'OutOfResources';

/** Messages of the system and of DuckDB about memory, disk and spill space. */
const OUT_OF_RESOURCES =
  /\bENOSPC\b|\bENOMEM\b|No space left on device|^(?:Error: )?Out of Memory Error|bad_alloc/;

/** The cause of a failed state may have 32,768 characters. */
const MAX_MESSAGE_LENGTH = 8000;

export function taskError(error: unknown): FunctionError & { readonly errorType: TaskErrorType } {
  const errorMessage = causeOf(error).slice(0, MAX_MESSAGE_LENGTH);
  const lines = error instanceof Error ? (error.stack ?? '').split('\n') : [];
  return {
    errorType: OUT_OF_RESOURCES.test(errorMessage) ? 'OutOfResources' : 'TaskFailed',
    errorMessage,
    stackTrace: lines.slice(1, 20).map((line) => line.trim()),
  };
}
