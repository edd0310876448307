import type { HistoryEvent } from '@aws-sdk/client-sfn';

/** `caught`: it failed, and the workflow went on elsewhere. `stopped`: the execution ended before it did. */
export type StepFate = 'running' | 'done' | 'failed' | 'caught' | 'stopped';

/** One visit to a top-level state of the workflow, as far as the history tells. */
export interface LiveStep {
  readonly state: string;
  readonly fate: StepFate;
  readonly started: Date;
  readonly ended: Date | undefined;
  /** Calls of a task, the first included. */
  readonly tries: number;
  /** Of a Map: its items, and those that are through. */
  readonly items: { readonly all: number; readonly done: number } | undefined;
}

type Draft = { -readonly [Field in keyof LiveStep]: LiveStep[Field] };

const FAILED = /^(Task|LambdaFunction|Map|Parallel)\w*(Failed|TimedOut)$/;
const SUCCEEDED = /^(Task|LambdaFunction|MapState|ParallelState)Succeeded$/;

/** The top-level states that were entered, in their order; what goes on within a Map counts for it. */
export function stepsOf(events: readonly HistoryEvent[]): LiveStep[] {
  const steps: Draft[] = [];
  /** Items of a Map that are under way. */
  let depth = 0;
  for (const event of events) {
    const {
      type = '',
      timestamp = new Date(0),
      stateEnteredEventDetails,
      mapStateStartedEventDetails,
    } = event;
    const step = steps.at(-1);
    const ended = /^MapIteration(Succeeded|Failed|Aborted)$/.exec(type)?.[1];
    if (type === 'MapIterationStarted') depth += 1;
    else if (ended) {
      depth -= 1;
      if (step?.items && ended === 'Succeeded') step.items = { ...step.items, done: step.items.done + 1 };
    } else if (type.startsWith('Execution')) {
      if (step && !step.ended && type !== 'ExecutionStarted') end(step, type, timestamp);
    } else if (type === 'MapStateFailed') {
      depth = 0;
      if (step) step.fate = 'failed';
    } else if (depth > 0) continue;
    else if (type.endsWith('StateEntered')) {
      const fate = type === 'FailStateEntered' ? 'failed' : 'running';
      const state = stateEnteredEventDetails?.name ?? '';
      steps.push({ state, fate, started: timestamp, ended: undefined, tries: 0, items: undefined });
    } else if (step) {
      if (type === 'MapStateStarted') step.items = { all: mapStateStartedEventDetails?.length ?? 0, done: 0 };
      if (/^(Task|LambdaFunction)Scheduled$/.test(type)) {
        step.tries += 1;
        step.fate = 'running';
      }
      if (FAILED.test(type)) step.fate = 'failed';
      if (SUCCEEDED.test(type)) step.fate = 'running';
      if (type.endsWith('StateExited')) {
        step.ended = timestamp;
        step.fate = step.fate === 'failed' ? 'caught' : 'done';
      }
    }
  }
  return steps;
}

function end(step: Draft, type: string, timestamp: Date): void {
  step.ended = timestamp;
  if (step.fate === 'running') step.fate = type === 'ExecutionFailed' ? 'failed' : 'stopped';
}

export interface Definition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State | undefined>>;
}

interface State {
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Next: string }[];
}

const SMALL = 'SmallBatch';

/**
 * The states that are to come if nothing fails, in their order. Where the way forks they are those of a small batch or of
 * a large one, as before; where it has not forked yet, of a small one.
 */
export function statesAhead({ StartAt, States }: Definition, steps: readonly LiveStep[]): string[] {
  const isForSmall = ({ state }: LiveStep) => state.endsWith(SMALL) && !States[state]?.Choices;
  const isSmall = steps.length < 2 || steps.some(isForSmall);
  const after = (name: string): string | undefined => {
    const { Next, Choices = [], Default } = States[name] ?? {};
    const ways = Choices.map((choice) => choice.Next);
    return Next ?? ways.find((way) => way.endsWith(SMALL) === isSmall) ?? ways[0] ?? Default;
  };
  const last = steps.at(-1);
  const ahead: string[] = [];
  let name = last ? after(last.state) : StartAt;
  while (name !== undefined && !ahead.includes(name)) {
    ahead.push(name);
    name = after(name);
  }
  return ahead;
}
