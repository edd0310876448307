import { randomUUID } from 'node:crypto';
import type { Execution } from '../stepfunctions/execution-store';

const WHOLE = { included: true };

/**
 * The event that Step Functions emits when an execution starts or ends.
 * https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
 */
export function executionStatusChange(
  execution: Execution,
  place: { account: string; region: string },
): object {
  const ended = execution.status === 'RUNNING' ? undefined : execution;
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Step Functions Execution Status Change',
    source: 'aws.states',
    account: place.account,
    time: new Date(ended?.stopDate ?? execution.startDate).toISOString().replace(/\.\d+Z$/, 'Z'),
    region: place.region,
    resources: [execution.executionArn],
    detail: {
      executionArn: execution.executionArn,
      stateMachineArn: execution.stateMachineArn,
      name: execution.name,
      status: execution.status,
      startDate: execution.startDate,
      stopDate: ended?.stopDate ?? null,
      input: execution.input,
      output: ended?.output ?? null,
      inputDetails: WHOLE,
      outputDetails: ended?.output === undefined ? null : WHOLE,
      error: ended?.error ?? null,
      cause: ended?.cause ?? null,
    },
  };
}
