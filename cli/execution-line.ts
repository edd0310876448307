import type { Execution } from 'local-aws';

/** Maximum length of a cause in a line, in characters; the execution's description has all of it. */
const CAUSE_LENGTH = 300;

/** True if another execution started it: the state machine adds this name to the input. */
export const isNested = ({ input }: Execution): boolean =>
  input.includes('"AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID":');

/** An execution's start or end as one line of text. */
export function describeExecution(execution: Execution): string {
  if (execution.status === 'RUNNING') return `execution ${execution.name} started`;
  const seconds = ((execution.stopDate - execution.startDate) / 1000).toFixed(1);
  const why = [execution.error, execution.cause].filter(Boolean).join(': ').replace(/\s+/g, ' ');
  const shown = why.length > CAUSE_LENGTH ? `${why.slice(0, CAUSE_LENGTH)}...` : why;
  return `execution ${execution.name} ${execution.status} after ${seconds} s${shown && `: ${shown}`}`;
}
