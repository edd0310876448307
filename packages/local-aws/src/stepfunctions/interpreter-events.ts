import type { Json } from './json';

interface StateData {
  readonly name: string;
  readonly type: string;
  readonly input: Json;
  readonly output?: Json;
}

/** Every event of the interpreter is about a state or about an iteration of one, or of no interest here. */
interface EventBase {
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  /** Inside a Map: the item's position, of the outermost Map. */
  readonly index?: number;
}

export type StateEvent = EventBase & {
  readonly type: 'StateEntered' | 'StateExited' | 'StateFailed' | 'StateRetried' | 'StateCaught';
  readonly state: StateData;
};

export type IterationEvent = EventBase & {
  readonly type: 'MapIterationStarted' | 'MapIterationSucceeded' | 'MapIterationFailed';
  readonly parentState: { readonly name: string };
  readonly index: number;
};

export type InterpreterEvent = StateEvent | IterationEvent;

/** undefined: an event that nothing here needs. */
export function interpreterEvent(event: object): InterpreterEvent | undefined {
  const known = 'state' in event || ('parentState' in event && 'index' in event);
  return known ? (event as InterpreterEvent) : undefined;
}
