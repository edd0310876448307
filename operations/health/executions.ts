import type { ExecutionListItem } from '@aws-sdk/client-sfn';
import type { Deployment } from '../deployment';
import { viewExecution } from '../executions/execution';
import type { ExecutionsHealth } from './views';

/** @param executions newest first */
export async function readExecutionsHealth(
  deployment: Deployment,
  executions: readonly ExecutionListItem[],
): Promise<ExecutionsHealth> {
  const running = executions.find(({ status }) => status === 'RUNNING');
  const last = executions.find(({ status }) => status !== 'RUNNING');
  // The list has no causes of failures.
  const hasFailed = last !== undefined && last.status !== 'SUCCEEDED';
  const view = hasFailed ? await viewExecution(deployment, last.executionArn ?? '') : undefined;
  return {
    running: running
      ? { name: running.name ?? '', started_at: (running.startDate ?? new Date(0)).toISOString() }
      : null,
    last: last
      ? {
          name: last.name ?? '',
          status: last.status ?? '',
          ended_at: last.stopDate?.toISOString() ?? null,
          cause: view?.cause ?? null,
        }
      : null,
  };
}
