import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionListItem } from '@aws-sdk/client-sfn';
import type { Deployment } from '../deployment';
import { type QueueDepth, readQueueDepth } from '../queue';
import { type ExecutionView, readDefinition, readHistory, viewExecution } from './execution';
import { type FileOutcome, readFiles } from './execution-files';
import { listExecutions } from './executions';
import { readRun } from './run';
import { type LiveStep, statesAhead, stepsOf } from './steps';
import type { ExecutionEvent } from './views';

/** One visit to a state of the workflow that has been left. */
export interface Step {
  readonly state: string;
  readonly started: Date;
  readonly ended: Date;
}

/** The top-level states that the execution has left, in their order. */
export async function readSteps(deployment: Deployment, executionArn: string): Promise<Step[]> {
  return leftSteps(await readHistory(deployment, executionArn));
}

const leftSteps = (events: readonly ExecutionEvent[]): Step[] =>
  stepsOf(events).flatMap(({ state, started, ended, status }) =>
    ended && (status === 'succeeded' || status === 'caught') ? [{ state, started, ended }] : [],
  );

/** Reads histories again and again, each time only what came since. */
function historyReader(deployment: Deployment): (arn: string) => Promise<readonly ExecutionEvent[]> {
  const known = new Map<string, readonly ExecutionEvent[]>();
  return async (arn) => {
    const events = await readHistory(deployment, arn, known.get(arn));
    known.set(arn, events);
    return events;
  };
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
  const readHistory = historyReader(deployment);
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
      const steps = leftSteps(await readHistory(executionArn));
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
  const definition = JSON.parse(await readDefinition(deployment, arn));
  const readHistory = historyReader(deployment);
  let files: { readonly found: FileOutcome[]; readonly isValidated: boolean } | undefined;
  for (;;) {
    // Before its history: one that has ended has a whole one.
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

/** Calls of a task on whatever engine. */
const triesOf = (nested: readonly ExecutionEvent[]): number =>
  readRun(nested).visits.reduce((sum, { attempts }) => sum + attempts.length, 0);

const arnOf = ({ executionArn = '' }: ExecutionListItem): string => executionArn;
