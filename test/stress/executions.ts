import { setTimeout as sleep } from 'node:timers/promises';
import { paginateListExecutions } from '@aws-sdk/client-sfn';
import type { Deployment } from '../../operations/deployment';
import { listExecutions } from '../../operations/executions/executions';
import { readQueueDepth } from '../../operations/queue';
import type { Endpoint } from './endpoint';

export interface Ran {
  readonly name: string;
  readonly status: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly endedAt: number;
}

/** Oldest first. */
export async function allExecutions({ sfn, stateMachineArn }: Deployment): Promise<Ran[]> {
  const all: Ran[] = [];
  for await (const { executions = [] } of paginateListExecutions({ client: sfn }, { stateMachineArn })) {
    all.push(
      ...executions.map(({ name = '', status = '', startDate, stopDate }) => ({
        name,
        status,
        startedAt: startDate?.getTime() ?? 0,
        endedAt: stopDate?.getTime() ?? 0,
      })),
    );
  }
  return all.sort((a, b) => a.startedAt - b.startedAt);
}

/** Waits until no messages are waiting or in flight, input/ is empty, and no execution is running. @throws Error after this many seconds */
export async function untilQuiet({ deployment }: Endpoint, seconds: number): Promise<void> {
  for (const deadline = Date.now() + seconds * 1000; Date.now() < deadline; await sleep(250)) {
    const { waiting, in_flight } = await readQueueDepth(deployment);
    if (waiting + in_flight > 0) continue;
    const [latest] = await listExecutions(deployment, 1);
    if (latest?.status !== 'RUNNING') return;
  }
  throw new Error(`not quiet after ${seconds} s: ${JSON.stringify(await readQueueDepth(deployment))}`);
}
