import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionListItem } from '@aws-sdk/client-sfn';
import type { ExecutionEvent } from '../../domain/execution-history';
import { readRun } from '../../domain/execution-history';
import type { Deployment } from '../deployment';
import { type QueueDepth, readQueueDepth } from '../queue';
import { type ExecutionView, readDefinition, readHistory, viewExecution } from './execution';
import { type FileOutcome, readFiles } from './execution-files';
import { listExecutions } from './executions';
import { type LiveStep, statesAhead, stepsOf } from './steps';

/** One completed visit to a state of the workflow. */
export interface Step {
  readonly state: string;
  readonly started: Date;
  readonly ended: Date;
}

/** The top-level states that the execution has completed, in order. */
export async function readSteps(deployment: Deployment, executionArn: string): Promise<Step[]> {
  return completedSteps(await readHistory(deployment, executionArn));
}

const completedSteps = (events: readonly ExecutionEvent[]): Step[] =>
  stepsOf(events).flatMap(({ state, started, ended, status }) =>
    ended && (status === 'succeeded' || status === 'caught') ? [{ state, started, ended }] : [],
  );

/** Polls histories, requesting only new events. */
function historyReader(deployment: Deployment): (arn: string) => Promise<readonly ExecutionEvent[]> {
  const known = new Map<string, readonly ExecutionEvent[]>();
  return async (arn) => {
    const events = await readHistory(deployment, arn, known.get(arn));
    known.set(arn, events);
    return events;
  };
}

/** Calls back for every completed step, until no execution runs and the queue is empty. */
export async function followUntilQuiet(
  deployment: Deployment,
  on: {
    started: (name: string) => void;
    step: (step: Step) => void;
    ended: (execution: ExecutionView) => void;
  },
  pollMs = 200,
): Promise<void> {
  const readHistory = historyReader(deployment);
  const reported = new Map<string, number>();
  const ended = new Set<string>();
  for (;;) {
    const depth = await readQueueDepth(deployment);
    const executions = (await listExecutions(deployment, 100)).reverse();
    for (const { executionArn = '', name = '', status } of executions) {
      if (ended.has(executionArn)) continue;
      if (!reported.has(executionArn)) {
        reported.set(executionArn, 0);
        on.started(name);
      }
      const steps = completedSteps(await readHistory(executionArn));
      for (const step of steps.slice(reported.get(executionArn) ?? 0)) on.step(step);
      reported.set(executionArn, steps.length);
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

/** A snapshot of an execution that is being watched. */
export interface WatchedExecution extends ExecutionView {
  readonly steps: readonly LiveStep[];
  /** The remaining states if nothing fails; empty once it has ended. */
  readonly ahead: readonly string[];
  /** Its batch, with the results of validation once that is done. */
  readonly files: readonly FileOutcome[];
}

export interface Frame {
  readonly queue: QueueDepth;
  /** undefined: no execution is running, and none has started since. */
  readonly execution: WatchedExecution | undefined;
}

/** Requests to a local pipeline are free, and its executions take seconds. */
const POLL_MS = { local: 300, aws: 2_000 };
/** Executions listed per poll: more than can start and end between two polls. */
const LISTED = 20;
/** Once this state has succeeded, the outcomes of the files are known. */
const VALIDATION = /^Validate/;

/**
 * Polls the execution that is running, or the next one that starts, until it ends, and then the ones that follow. It ends
 * only when the caller stops iterating.
 */
export async function* watchExecutions(deployment: Deployment): AsyncGenerator<Frame> {
  const pollMs = deployment.isLocal ? POLL_MS.local : POLL_MS.aws;
  /** Executions that had ended before the call, and those that were watched until they ended. */
  const past = new Set(await endedExecutions(deployment));
  for (;;) {
    const [queue, executions] = await Promise.all([
      readQueueDepth(deployment),
      listExecutions(deployment, LISTED),
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

/** For seconds after its end, an execution can still be listed as running: so those that are listed so are looked up. */
async function endedExecutions(deployment: Deployment): Promise<string[]> {
  const listed = await listExecutions(deployment, LISTED);
  const ended = await Promise.all(
    listed.map(async ({ executionArn = '', status }) => {
      if (status !== 'RUNNING') return true;
      return (await viewExecution(deployment, executionArn)).status !== 'RUNNING';
    }),
  );
  return listed.filter((_, index) => ended[index]).map(arnOf);
}

async function* watchOne(deployment: Deployment, arn: string, pollMs: number): AsyncGenerator<Frame> {
  const definition = JSON.parse(await readDefinition(deployment, arn));
  const readHistory = historyReader(deployment);
  let files: { readonly found: FileOutcome[]; readonly isValidated: boolean } | undefined;
  for (;;) {
    // Read before the history: an execution that has ended has a complete one.
    const [queue, view] = await Promise.all([readQueueDepth(deployment), viewExecution(deployment, arn)]);
    const steps = await Promise.all(
      stepsOf(await readHistory(arn)).map(async (step) =>
        step.nested === undefined ? step : { ...step, tries: triesOf(await readHistory(step.nested)) },
      ),
    );
    const isValidated = steps.some(({ state, status }) => VALIDATION.test(state) && status === 'succeeded');
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

/** Attempts of a task in its nested execution, on Lambda or Fargate. */
const triesOf = (nested: readonly ExecutionEvent[]): number =>
  readRun(nested).visits.reduce((sum, { attempts }) => sum + attempts.length, 0);

const arnOf = ({ executionArn = '' }: ExecutionListItem): string => executionArn;
