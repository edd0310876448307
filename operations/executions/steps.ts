import { type Fate, readRun } from './run';
import type { ExecutionEvent } from './views';

/** One visit to a top-level state of the workflow, as far as the history tells. */
export interface LiveStep {
  readonly state: string;
  readonly fate: Fate;
  readonly started: Date;
  readonly ended: Date | undefined;
  /** Calls of a task, the first included. */
  readonly tries: number;
  /** Of a Map: its items, and those that are through. */
  readonly items: { readonly all: number; readonly done: number } | undefined;
}

/** The top-level states that were entered, in their order; what goes on within a Map counts for it. */
export function stepsOf(events: readonly ExecutionEvent[]): LiveStep[] {
  const run = readRun(events);
  const visits = run.visits.filter(({ item }) => item === null);
  return visits.map(({ state, fate, entered, exited, attempts, items }) => {
    const ended = exited ?? (fate === 'running' ? null : run.ended);
    return {
      state,
      fate,
      started: new Date(entered),
      ended: ended === null ? undefined : new Date(ended),
      tries: attempts.length,
      items: items ? { all: items.total, done: items.done } : undefined,
    };
  });
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
