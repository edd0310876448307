import type { ExecutionEvent } from '../../domain/execution-history';
import { readRun, type StateStatus } from '../../domain/execution-history';

/** One visit to a top-level state of the workflow, according to the history so far. */
export interface LiveStep {
  readonly state: string;
  readonly status: StateStatus;
  readonly started: Date;
  readonly ended: Date | undefined;
  /** Attempts of a task, the first included. */
  readonly tries: number;
  /** The nested execution of the last call, by its ARN. */
  readonly nested: string | undefined;
  /** For a Map state: the number of items, and of those that are done. */
  readonly items: { readonly all: number; readonly done: number } | undefined;
}

/** The top-level states that were entered, in order. States inside a Map count as part of it. */
export function stepsOf(events: readonly ExecutionEvent[]): LiveStep[] {
  const run = readRun(events);
  const visits = run.visits.filter(({ item }) => item === null);
  return visits.map(({ state, status, entered, exited, attempts, items }) => {
    const ended = exited ?? (status === 'running' ? null : run.ended);
    return {
      state,
      status,
      started: new Date(entered),
      ended: ended === null ? undefined : new Date(ended),
      tries: attempts.length,
      nested: attempts.at(-1)?.nested ?? undefined,
      items: items ? { all: items.total, done: items.done } : undefined,
    };
  });
}

export interface Definition {
  readonly StartAt: string;
  readonly States: Readonly<
    Record<
      string,
      { readonly Next?: string; readonly Choices?: readonly { readonly Next: string }[] } | undefined
    >
  >;
}

/** The remaining states in order, if nothing fails and every choice takes its first branch. */
export function statesAhead({ StartAt, States }: Definition, steps: readonly LiveStep[]): string[] {
  const after = (name: string) => States[name]?.Next ?? States[name]?.Choices?.[0]?.Next;
  const last = steps.at(-1);
  const ahead: string[] = [];
  let name = last ? after(last.state) : StartAt;
  while (name !== undefined && !ahead.includes(name)) {
    ahead.push(name);
    name = after(name);
  }
  return ahead;
}
