import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeStateMachineForExecutionCommand, type ExecutionListItem } from '@aws-sdk/client-sfn';
import type { Deployment } from '../deployment';
import { type QueueDepth, readQueueDepth } from '../queue';
import {
  type ExecutionView,
  type FileOutcome,
  listExecutions,
  readFiles,
  readLiveSteps,
  viewExecution,
} from './executions';
import { type Definition, type LiveStep, statesAhead } from './steps';

/** An execution as it goes on. */
export interface WatchedExecution extends ExecutionView {
  readonly steps: readonly LiveStep[];
  /** States to come, if nothing fails; none once it has ended. */
  readonly ahead: readonly string[];
  /** Its batch; what validation found once it is through. */
  readonly files: readonly FileOutcome[];
}

export interface Frame {
  readonly queue: QueueDepth;
  /** undefined: none runs, and none has started since. */
  readonly execution: WatchedExecution | undefined;
}

/** A local pipeline bills nothing, and is through in seconds. */
const POLL_MS = { local: 300, aws: 2_000 };
/** Executions that may come and go between two looks. */
const LOOKED_AT = 20;
/** Once it is left, the files' outcomes are known. */
const VALIDATION = /^Validate/;

/**
 * What goes on, again and again: of the execution that runs, or else of the next that starts, up to its end; then of those
 * after it, one by one, to whoever asks on.
 */
export async function* watchExecutions(deployment: Deployment): AsyncGenerator<Frame> {
  const pollMs = deployment.isLocal ? POLL_MS.local : POLL_MS.aws;
  const listed = await listExecutions(deployment, LOOKED_AT);
  /** Those that nobody asked for, and those that were watched to their end. */
  const past = new Set(listed.filter(({ status }) => status !== 'RUNNING').map(arnOf));
  for (;;) {
    const [queue, executions] = await Promise.all([
      readQueueDepth(deployment),
      listExecutions(deployment, LOOKED_AT),
    ]);
    const next = executions.map(arnOf).findLast((arn) => !past.has(arn));
    if (next === undefined) yield { queue, execution: undefined };
    else {
      yield* watchOne(deployment, next, pollMs);
      past.add(next);
      continue;
    }
    await sleep(pollMs);
  }
}

async function* watchOne(deployment: Deployment, arn: string, pollMs: number): AsyncGenerator<Frame> {
  const definition = await readDefinition(deployment, arn);
  let files: { readonly found: FileOutcome[]; readonly isValidated: boolean } | undefined;
  for (;;) {
    // Before its history: one that has ended has a whole one.
    const [queue, view] = await Promise.all([readQueueDepth(deployment), viewExecution(deployment, arn)]);
    const steps = await readLiveSteps(deployment, arn);
    const isValidated = steps.some(({ state, fate }) => VALIDATION.test(state) && fate === 'succeeded');
    if (files === undefined || files.isValidated !== isValidated) {
      files = { found: await readFiles(deployment, view.name), isValidated };
    }
    const hasEnded = view.status !== 'RUNNING';
    const ahead = hasEnded ? [] : statesAhead(definition, steps);
    yield { queue, execution: { ...view, steps, ahead, files: files.found } };
    if (hasEnded) return;
    await sleep(pollMs);
  }
}

async function readDefinition({ sfn }: Deployment, executionArn: string): Promise<Definition> {
  const found = await sfn.send(new DescribeStateMachineForExecutionCommand({ executionArn }));
  return JSON.parse(found.definition ?? '{"StartAt":"","States":{}}');
}

const arnOf = ({ executionArn = '' }: ExecutionListItem): string => executionArn;
