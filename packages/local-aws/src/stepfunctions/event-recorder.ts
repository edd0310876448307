import type { Definition, StateInfo } from './definition';
import type { StateError } from './errors';
import type { History } from './history';
import { resourceParts } from './integrations/integration';
import type { InterpreterEvent, IterationEvent, StateEvent } from './interpreter-events';
import { byteLength, type Json, type JsonObject, PAYLOAD_LIMIT } from './json';
import { parsePath, readPath } from './json-path';

/** One entry of a state, with its retries. */
export interface Visit {
  readonly state: StateInfo;
  /** Its chain of events: that of the execution, or of a Map iteration. */
  readonly chain: string;
  readonly enteredAt: number;
  retries: number;
}

interface RecorderEvents {
  /** A Map or Parallel state failed: its running tasks must be aborted. */
  readonly containerFailed: (name: string) => void;
  /** The state's output exceeds the limit. */
  readonly oversized: (state: string) => void;
}

const details = (name: string) => ({ [`${name}Details`]: { truncated: false } });
const text = (value: Json) => JSON.stringify(value);
const ROOT = '';

/** Converts events of the interpreter and tasks to AWS's execution history. */
export class EventRecorder {
  private readonly last = new Map<string, number>();
  private readonly visits = new Map<string, { byInput: WeakMap<object, Visit>; latest: Visit }>();
  /** Running iterations by chain. */
  private readonly open = new Map<string, IterationEvent>();
  private readonly failed = new Set<string>();
  private readonly caught = new Set<string>();

  constructor(
    private readonly definition: Definition,
    private readonly history: History,
    private readonly events: RecorderEvents,
    private readonly region: string,
  ) {}

  /** True if an enclosing Map or Parallel state has failed. */
  isAbandoned(state: StateInfo): boolean {
    return state.within.some((name) => this.failed.has(name));
  }

  /** The visit of a task call, identified by the input object with which the state was entered. */
  visit(state: StateInfo, input: Json): Visit {
    const known = this.visits.get(state.name);
    const exact = typeof input === 'object' && input !== null ? known?.byInput.get(input) : undefined;
    return exact ?? known?.latest ?? { state, chain: ROOT, enteredAt: Date.now(), retries: 0 };
  }

  record(event: InterpreterEvent): void {
    if ('parentState' in event) this.iteration(event);
    else this.state(event);
  }

  /** Adds an event of the execution or of a task. */
  add(type: string, data: JsonObject | undefined, chain = ROOT, at = Date.now()): void {
    const previous = this.last.get(chain) ?? this.last.get(ROOT) ?? 0;
    this.last.set(chain, this.history.add(type, at, previous, data));
  }

  taskScheduled(visit: Visit, parameters: Json): void {
    const { fields } = visit.state;
    this.task(visit, 'TaskScheduled', {
      region: this.region,
      parameters: text(parameters),
      ...(fields.TimeoutSeconds !== undefined && { timeoutInSeconds: fields.TimeoutSeconds }),
    });
    this.task(visit, 'TaskStarted');
  }

  taskSubmitted(visit: Visit, answer: Json): void {
    this.task(visit, 'TaskSubmitted', { output: text(answer), ...details('output') });
  }

  taskSucceeded(visit: Visit, output: Json): void {
    this.task(visit, 'TaskSucceeded', { output: text(output), ...details('output') });
  }

  taskFailed(visit: Visit, error: StateError): void {
    this.task(visit, 'TaskFailed', { error: error.name, cause: error.causeText });
  }

  taskTimedOut(visit: Visit): void {
    this.task(visit, 'TaskTimedOut', { error: 'States.Timeout' });
  }

  private task(visit: Visit, type: string, data: JsonObject = {}): void {
    this.add(type, { ...resourceParts(String(visit.state.fields.Resource)), ...data }, visit.chain);
  }

  private state(event: StateEvent): void {
    const info = this.definition.states.get(event.state.name);
    if (!info || this.isAbandoned(info)) return;
    const chain = event.index === undefined ? ROOT : chainOf(info.within[0] ?? '', event.index);
    if (event.type === 'StateEntered') this.entered(info, chain, event);
    else if (event.type === 'StateExited') this.exited(info, chain, event);
    else if (event.type === 'StateRetried') this.retried(info, chain, event);
    else if (info.type !== 'Map' && info.type !== 'Parallel') return;
    else if (event.type === 'StateCaught') this.caught.add(info.name);
    else this.containerFailed(info, chain);
  }

  private entered(info: StateInfo, chain: string, { state, timestamp }: StateEvent): void {
    const { name } = info;
    this.add(
      `${info.type}StateEntered`,
      { name, input: text(state.input), ...details('input') },
      chain,
      timestamp,
    );
    const visit: Visit = { state: info, chain, enteredAt: timestamp, retries: 0 };
    const known = this.visits.get(name) ?? { byInput: new WeakMap<object, Visit>(), latest: visit };
    if (typeof state.input === 'object' && state.input !== null) known.byInput.set(state.input, visit);
    this.visits.set(name, { ...known, latest: visit });
    this.containerStarted(info, chain, state.input);
  }

  private containerStarted(info: StateInfo, chain: string, input: Json): void {
    this.failed.delete(info.name);
    this.caught.delete(info.name);
    if (info.type === 'Map') this.add('MapStateStarted', { length: itemCount(info, input) }, chain);
    if (info.type === 'Parallel') this.add('ParallelStateStarted', undefined, chain);
  }

  private retried(info: StateInfo, chain: string, { state }: StateEvent): void {
    this.visit(info, state.input).retries++;
    this.containerStarted(info, chain, state.input);
  }

  private exited(info: StateInfo, chain: string, { state, timestamp }: StateEvent): void {
    const { name, type } = info;
    const output = state.output ?? null;
    if ((type === 'Map' || type === 'Parallel') && !this.caught.has(name)) {
      // The interpreter may emit an iteration's last event later.
      this.closeIterations(name, 'MapIterationSucceeded');
      this.add(`${type}StateSucceeded`, undefined, chain, timestamp);
    }
    this.add(`${type}StateExited`, { name, output: text(output), ...details('output') }, chain, timestamp);
    if (byteLength(output) > PAYLOAD_LIMIT) this.events.oversized(name);
  }

  private containerFailed(info: StateInfo, chain: string): void {
    this.failed.add(info.name);
    this.closeIterations(info.name, 'MapIterationAborted');
    this.add(`${info.type}StateFailed`, undefined, chain);
    this.events.containerFailed(info.name);
  }

  private iteration(event: IterationEvent): void {
    const { name } = event.parentState;
    const info = this.definition.states.get(name);
    if (!info || this.failed.has(name) || this.isAbandoned(info)) return;
    const chain = chainOf(name, event.index);
    if (event.type === 'MapIterationStarted') {
      this.last.delete(chain);
      this.open.set(chain, event);
      this.add(event.type, { name, index: event.index }, chain, event.timestamp);
    } else if (this.open.has(chain)) {
      this.closeIteration(chain, event.type, event.timestamp);
    }
  }

  private closeIterations(map: string, type: string): void {
    for (const [chain, event] of this.open) {
      if (event.parentState.name === map) this.closeIteration(chain, type, Date.now());
    }
  }

  private closeIteration(chain: string, type: string, at: number): void {
    const started = this.open.get(chain);
    if (!started) return;
    this.open.delete(chain);
    this.add(type, { name: started.parentState.name, index: started.index }, chain, at);
    this.last.set(ROOT, this.last.get(chain) ?? 0);
  }
}

const chainOf = (map: string, index: number): string => `${map}:${index}`;

function itemCount(info: StateInfo, input: Json): number {
  try {
    const items = readPath(parsePath(String(info.fields.ItemsPath ?? '$')), input, null);
    return Array.isArray(items) ? items.length : 0;
  } catch {
    return 0;
  }
}
