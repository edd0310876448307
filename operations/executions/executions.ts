import { setTimeout as sleep } from 'node:timers/promises';
import {
  DescribeExecutionCommand,
  type ExecutionListItem,
  ListExecutionsCommand,
  paginateGetExecutionHistory,
} from '@aws-sdk/client-sfn';
import { batchManifestKey, taskResultKey } from '../../domain/object-keys';
import { batchManifestSchema, type ValidatedFile, validateResultSchema } from '../../domain/workflow';
import { getMatchingJson } from '../../storage/json-object';
import { s3Bucket } from '../../storage/s3-bucket';
import type { Deployment } from '../deployment';
import { readQueueDepth } from '../queue';
import { viewEvent } from './execution';
import { type PricedReport, pricedReportSchema } from './report';
import { type LiveStep, stepsOf } from './steps';
import type { ExecutionEvent } from './views';

/** One visit to a state of the workflow, as the history tells it. */
export interface Step {
  readonly state: string;
  readonly started: Date;
  readonly ended: Date;
}

/** One execution, as far as it has come. */
export interface ExecutionView {
  readonly name: string;
  readonly status: string;
  readonly started: Date | undefined;
  readonly ended: Date | undefined;
  /** Of one that succeeded. */
  readonly report: PricedReport | undefined;
  /** Of one that did not. */
  readonly cause: string | undefined;
}

export async function listExecutions(
  { sfn, stateMachineArn }: Deployment,
  limit: number,
): Promise<ExecutionListItem[]> {
  const { executions = [] } = await sfn.send(
    new ListExecutionsCommand({ stateMachineArn, maxResults: limit }),
  );
  return executions;
}

export async function viewExecution({ sfn }: Deployment, executionArn: string): Promise<ExecutionView> {
  const found = await sfn.send(new DescribeExecutionCommand({ executionArn }));
  const report = pricedReportSchema.safeParse(found.output ? JSON.parse(found.output) : undefined);
  return {
    name: found.name ?? '',
    status: found.status ?? '',
    started: found.startDate,
    ended: found.stopDate,
    report: report.data,
    cause: found.cause ?? found.error,
  };
}

/** The top-level states an execution has entered, in their order. */
export async function readLiveSteps({ sfn }: Deployment, executionArn: string): Promise<LiveStep[]> {
  const history: ExecutionEvent[] = [];
  const pages = paginateGetExecutionHistory({ client: sfn }, { executionArn, includeExecutionData: false });
  for await (const { events = [] } of pages) history.push(...events.map(viewEvent));
  return stepsOf(history);
}

/** Those that it has left. */
export async function readSteps(deployment: Deployment, executionArn: string): Promise<Step[]> {
  const steps = await readLiveSteps(deployment, executionArn);
  return steps.flatMap(({ state, started, ended, fate }) =>
    ended && (fate === 'succeeded' || fate === 'caught') ? [{ state, started, ended }] : [],
  );
}

/** What became of a file: validate's findings, or `waiting` where the batch never got through validation. */
export type FileOutcome = Partial<Omit<ValidatedFile, 'key' | 'outcome'>> & {
  readonly key: string;
  readonly outcome: ValidatedFile['outcome'] | 'waiting';
};

export async function readFiles({ s3, bucket }: Deployment, executionId: string): Promise<FileOutcome[]> {
  const objects = s3Bucket(s3, bucket);
  const key = taskResultKey(executionId, 'validate');
  const validated = await getMatchingJson(objects, key, validateResultSchema);
  if (validated) return validated.files;
  const manifest = await getMatchingJson(objects, batchManifestKey(executionId), batchManifestSchema);
  return (manifest?.files ?? []).map(({ key }) => ({ key, outcome: 'waiting' }));
}

/** Calls back for every step as executions take it, until no execution runs and the queue is empty. */
export async function followUntilQuiet(
  deployment: Deployment,
  on: {
    started: (name: string) => void;
    step: (step: Step) => void;
    ended: (execution: ExecutionView) => void;
  },
  pollMs = 200,
): Promise<void> {
  const told = new Map<string, number>();
  const ended = new Set<string>();
  for (;;) {
    const depth = await readQueueDepth(deployment);
    const executions = (await listExecutions(deployment, 100)).reverse();
    for (const { executionArn = '', name = '', status } of executions) {
      if (ended.has(executionArn)) continue;
      if (!told.has(executionArn)) {
        told.set(executionArn, 0);
        on.started(name);
      }
      const steps = await readSteps(deployment, executionArn);
      for (const step of steps.slice(told.get(executionArn) ?? 0)) on.step(step);
      told.set(executionArn, steps.length);
      if (status !== 'RUNNING') {
        ended.add(executionArn);
        on.ended(await viewExecution(deployment, executionArn));
      }
    }
    const isRunning = executions.some(({ status }) => status === 'RUNNING');
    if (!isRunning && depth.waiting + depth.in_flight === 0) return;
    await sleep(pollMs);
  }
}
