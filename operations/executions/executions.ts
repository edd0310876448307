import { type ExecutionListItem, ListExecutionsCommand } from '@aws-sdk/client-sfn';
import type { Deployment } from '../deployment';
import type { ExecutionPage, ExecutionStatus } from './views';

/** Newest first. */
export async function listExecutions(
  { sfn, stateMachineArn }: Deployment,
  limit: number,
): Promise<ExecutionListItem[]> {
  const { executions = [] } = await sfn.send(
    new ListExecutionsCommand({ stateMachineArn, maxResults: limit }),
  );
  return executions;
}

export async function readExecutionPage(
  { sfn, stateMachineArn }: Deployment,
  {
    status,
    limit,
    token,
  }: { status?: ExecutionStatus | undefined; limit: number; token?: string | undefined },
): Promise<ExecutionPage> {
  const { executions = [], nextToken = null } = await sfn.send(
    new ListExecutionsCommand({
      stateMachineArn,
      maxResults: limit,
      statusFilter: status,
      nextToken: token,
    }),
  );
  return {
    executions: executions.map(({ name = '', status = '', startDate, stopDate }) => ({
      name,
      status,
      started: (startDate ?? new Date(0)).toISOString(),
      ended: stopDate?.toISOString() ?? null,
    })),
    next: nextToken,
  };
}
