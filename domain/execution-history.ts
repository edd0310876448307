/**
 * Reads from an execution's history what it did, state by state.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html
 */

/** One event of a history; `details` is the field that AWS names after the event's type. */
export interface ExecutionEvent {
  readonly id: number;
  /** The event before it in its branch; 0 for the first. */
  readonly previous: number;
  readonly type: string;
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Pseudo-states before the first state and after the last. The leading space keeps them apart from real states. */
export const START = ' start';
export const END = ' end';

/** `caught`: it failed and its error was caught; `stopped`: the execution or the enclosing Map ended first. */
export type StateStatus = 'running' | 'succeeded' | 'caught' | 'failed' | 'stopped';

/** One attempt of a task; each retry is another attempt. */
export interface Attempt {
  readonly started: string;
  ended: string | null;
  status: Exclude<StateStatus, 'caught'>;
  error: string | null;
  cause: string | null;
  /** JSON text: the parameters of the call. */
  readonly parameters: string | null;
  /** The ARN of the execution that the call started. */
  nested: string | null;
}

/** The progress of a Map. */
export interface Items {
  readonly total: number;
  started: number;
  done: number;
  failed: number;
  aborted: number;
}

/** One visit to a state. */
export interface Visit {
  readonly state: string;
  readonly entered: string;
  exited: string | null;
  /** JSON text. */
  readonly input: string | null;
  output: string | null;
  /** For a state inside a Map: the index of the item, from 0. */
  readonly item: number | null;
  readonly attempts: Attempt[];
  /** Only for a Map. */
  items: Items | null;
  status: StateStatus;
  /** The error of the last failed attempt, or of the Map. */
  error: string | null;
  cause: string | null;
}

/** All visits to a state, combined. */
export interface StateRun {
  readonly visits: readonly Visit[];
  readonly status: StateStatus;
  /** Attempts after the first of each visit. */
  readonly retries: number;
  readonly items: Items | null;
}

export interface Run {
  /** By name; only states that were entered. */
  readonly states: ReadonlyMap<string, StateRun>;
  /** In order of entry. */
  readonly visits: readonly Visit[];
  /** Transitions taken, as {@link wayId}. */
  readonly taken: ReadonlySet<string>;
  /** The state that an event is about, by the event's id. */
  readonly stateOfEvent: ReadonlyMap<number, string>;
  /** When the execution ended; null while it runs. */
  readonly ended: string | null;
}

export const WAY_SIGN = ' → ';
export const wayId = (from: string, to: string): string => `${from}${WAY_SIGN}${to}`;

/** The position of a branch of the history. */
interface Place {
  /** The current or last state; undefined before the first. */
  readonly visit: Visit | undefined;
  /** The item of a Map that it belongs to. */
  readonly scope: Scope | undefined;
}

interface Scope {
  readonly map: Place;
  readonly index: number;
  hasEnded: boolean;
}

const ENDS = /^Execution(Succeeded|Failed|Aborted|TimedOut)$/;
const ATTEMPT = /^(?:Task|LambdaFunction|Activity)(Scheduled|Submitted|Succeeded|Failed|TimedOut|\w+Failed)$/;

/** @param events ordered by id, from the first on; may be incomplete */
export function readRun(events: readonly ExecutionEvent[]): Run {
  const reader = new Reader();
  for (const event of events) reader.read(event);
  return reader.run();
}

class Reader {
  private readonly places = new Map<number, Place>();
  private readonly visits: Visit[] = [];
  private readonly scopes = new Map<Visit, Scope>();
  private readonly taken = new Set<string>();
  private end: ExecutionEvent | undefined;

  read(event: ExecutionEvent): void {
    const before = this.places.get(event.previous) ?? { visit: undefined, scope: undefined };
    if (ENDS.test(event.type)) this.end = event;
    this.places.set(event.id, this.step(event, before));
  }

  run(): Run {
    for (const visit of this.visits) if (visit.exited === null) this.judgeOpen(visit);
    const last = this.visits.filter((visit) => !this.scopes.has(visit)).at(-1);
    if (last && this.end && (last.status === 'failed' || this.end.type === 'ExecutionSucceeded')) {
      this.taken.add(wayId(last.state, END));
    }
    const byState = new Map<string, Visit[]>();
    for (const visit of this.visits) byState.set(visit.state, [...(byState.get(visit.state) ?? []), visit]);
    const stateOfEvent = new Map<number, string>();
    for (const [id, { visit }] of this.places) if (visit) stateOfEvent.set(id, visit.state);
    return {
      states: new Map([...byState].map(([name, visits]) => [name, combine(visits)])),
      visits: this.visits,
      taken: this.taken,
      stateOfEvent,
      ended: this.end?.at ?? null,
    };
  }

  private step(event: ExecutionEvent, before: Place): Place {
    const { type, at, details } = event;
    if (type.endsWith('StateEntered')) return this.enter(event, before);
    if (type.endsWith('StateExited')) return this.exit(event, before);
    if (type.startsWith('MapIteration')) return this.iterate(event, before);
    if (type === 'MapStateStarted' && before.visit) {
      before.visit.items = { total: Number(details.length ?? 0), started: 0, done: 0, failed: 0, aborted: 0 };
    }
    if (/^(Map|Parallel)StateFailed$/.test(type) && before.visit) before.visit.status = 'failed';
    const attempt = ATTEMPT.exec(type)?.[1];
    if (attempt && before.visit) recordAttempt(before.visit, attempt, at, details);
    return before;
  }

  private enter({ at, details, type }: ExecutionEvent, { visit: from, scope }: Place): Place {
    const name = String(details.name);
    const visit: Visit = {
      state: name,
      entered: at,
      exited: null,
      input: textOf(details.input),
      output: null,
      item: scope?.index ?? null,
      attempts: [],
      items: null,
      status: type === 'FailStateEntered' ? 'failed' : 'running',
      error: null,
      cause: null,
    };
    this.visits.push(visit);
    if (scope) this.scopes.set(visit, scope);
    // Before an item's first state, the position is the Map itself.
    const isFirst = from === undefined || from === scope?.map.visit;
    if (!isFirst) this.taken.add(wayId(from.state, name));
    else if (!scope) this.taken.add(wayId(START, name));
    return { visit, scope };
  }

  private exit({ at, details }: ExecutionEvent, before: Place): Place {
    const visit = before.visit?.state === details.name ? before.visit : this.openVisit(String(details.name));
    if (!visit) return before;
    visit.exited = at;
    visit.output = textOf(details.output);
    const failed = visit.status === 'failed' || visit.attempts.at(-1)?.status === 'failed';
    visit.status = failed ? 'caught' : 'succeeded';
    return { visit, scope: this.scopes.get(visit) };
  }

  private iterate({ type, details }: ExecutionEvent, before: Place): Place {
    const index = Number(details.index ?? 0);
    if (type === 'MapIterationStarted') {
      if (before.visit?.items) before.visit.items.started++;
      return { visit: before.visit, scope: { map: before, index, hasEnded: false } };
    }
    const { scope } = before;
    if (!scope) return before;
    scope.hasEnded = true;
    const map = scope.map.visit;
    if (map?.items && type === 'MapIterationSucceeded') map.items.done++;
    if (map?.items && type === 'MapIterationFailed') map.items.failed++;
    if (map?.items && type === 'MapIterationAborted') map.items.aborted++;
    if (map && type === 'MapIterationFailed') {
      map.error = before.visit?.error ?? null;
      map.cause = before.visit?.cause ?? null;
    }
    return scope.map;
  }

  private openVisit(state: string): Visit | undefined {
    return this.visits.findLast((visit) => visit.state === state && visit.exited === null);
  }

  /** A state without an exit is still running, unless the execution or the enclosing Map has ended. */
  private judgeOpen(visit: Visit): void {
    const isOver = this.end !== undefined || this.scopes.get(visit)?.hasEnded;
    if (!isOver || visit.status === 'failed') {
      if (isOver && visit.error === null) this.takeFailure(visit);
      return;
    }
    const attempt = visit.attempts.at(-1);
    const isFailed = attempt?.status === 'failed' || (!attempt && this.end?.type === 'ExecutionFailed');
    if (attempt?.status === 'running') attempt.status = 'stopped';
    visit.status = isFailed ? 'failed' : 'stopped';
    if (isFailed) this.takeFailure(visit);
  }

  private takeFailure(visit: Visit): void {
    visit.error ??= textOf(this.end?.details.error);
    visit.cause ??= textOf(this.end?.details.cause);
  }
}

function recordAttempt(visit: Visit, what: string, at: string, details: ExecutionEvent['details']): void {
  if (what === 'Scheduled') {
    visit.attempts.push({
      started: at,
      ended: null,
      status: 'running',
      error: null,
      cause: null,
      parameters: textOf(details.parameters),
      nested: null,
    });
    return;
  }
  const attempt = visit.attempts.at(-1);
  if (!attempt) return;
  if (what === 'Submitted') {
    attempt.nested = nestedOf(details.output);
    return;
  }
  attempt.ended = at;
  attempt.status = what === 'Succeeded' ? 'succeeded' : 'failed';
  if (what === 'Succeeded') return;
  attempt.error = textOf(details.error) ?? what;
  attempt.cause = textOf(details.cause);
  visit.error = attempt.error;
  visit.cause = attempt.cause;
}

/** The precedence of statuses: running first, then the worst. */
const ORDER: readonly StateStatus[] = ['running', 'failed', 'caught', 'stopped', 'succeeded'];

function combine(visits: readonly Visit[]): StateRun {
  const status = ORDER.find((one) => visits.some((visit) => visit.status === one)) ?? 'succeeded';
  const retries = visits.reduce((sum, { attempts }) => sum + Math.max(0, attempts.length - 1), 0);
  return { visits, status, retries, items: visits.at(-1)?.items ?? null };
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

function nestedOf(output: unknown): string | null {
  const { ExecutionArn }: { ExecutionArn?: unknown } = JSON.parse(textOf(output) ?? '{}');
  return textOf(ExecutionArn);
}
