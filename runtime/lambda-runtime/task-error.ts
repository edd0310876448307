import { causeOf } from '../task-result';
import type { FunctionError } from './runtime-api';

/**
 * What the state machine knows a failure by. `TaskFailed`: the task itself, as on Fargate; another place would not do
 * better. `OutOfResources`: memory or disk of the function did not suffice; Fargate has more. What takes the process along
 * or outlasts its time, Lambda names itself.
 */
export type TaskErrorType = 'TaskFailed' | 'OutOfResources';

/** Of the system, and as DuckDB words memory and spill space that are used up. */
const LACKING = /\bENOSPC\b|\bENOMEM\b|No space left on device|^(?:Error: )?Out of Memory Error|bad_alloc/;

/** The longest message: the cause of a failed state may have 32,768 characters. */
const MESSAGE_LENGTH = 8000;

export function taskError(error: unknown): FunctionError & { readonly errorType: TaskErrorType } {
  const errorMessage = causeOf(error).slice(0, MESSAGE_LENGTH);
  const lines = error instanceof Error ? (error.stack ?? '').split('\n') : [];
  return {
    errorType: LACKING.test(errorMessage) ? 'OutOfResources' : 'TaskFailed',
    errorMessage,
    stackTrace: lines.slice(1, 20).map((line) => line.trim()),
  };
}
