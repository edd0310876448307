import type { Execution } from './stepfunctions/execution-store';

/** The longest cause that a line shows, in characters; all of it is in the execution's description. */
const CAUSE_LENGTH = 300;

/** Whether another execution started it: state machines say so by this name. */
export const isNested = ({ input }: Execution): boolean =>
  input.includes('"AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID":');

/** An execution's start or end as one line for people. */
export function describeExecution(execution: Execution): string {
  if (execution.status === 'RUNNING') return `execution ${execution.name} started`;
  const seconds = ((execution.stopDate - execution.startDate) / 1000).toFixed(1);
  const why = [execution.error, execution.cause].filter(Boolean).join(': ').replace(/\s+/g, ' ');
  const shown = why.length > CAUSE_LENGTH ? `${why.slice(0, CAUSE_LENGTH)}...` : why;
  return `execution ${execution.name} ${execution.status} after ${seconds} s${shown && `: ${shown}`}`;
}
