import type { Json } from './json';

interface StateData {
  readonly name: string;
  readonly type: string;
  readonly input: Json;
  readonly output?: Json;
}

interface EventBase {
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  /** Inside a Map: the item's index in the outermost Map. */
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

/** undefined for events that are not recorded. */
export function interpreterEvent(event: object): InterpreterEvent | undefined {
  const known = 'state' in event || ('parentState' in event && 'index' in event);
  return known ? (event as InterpreterEvent) : undefined;
}
