import { MOVE_GROUP_FILES } from '../domain/workflow';
import { FUNCTION_SECONDS } from './measured';

/** State transitions that Step Functions bills for an execution that succeeds. */
export interface Transitions {
  readonly perExecution: number;
  /** For each group of files to move, valid or invalid. */
  readonly perGroup: number;
}

/** Seconds of orchestrate, move and settle. */
export const functionSeconds = (files: number): number =>
  FUNCTION_SECONDS.check +
  FUNCTION_SECONDS.settle +
  FUNCTION_SECONDS.group * groupsOf(files) +
  FUNCTION_SECONDS.movedFile * files;

/** Groups of files to move, if all files have the same outcome. */
export const groupsOf = (files: number): number => Math.ceil(files / MOVE_GROUP_FILES);

export const transitionsOf = ({ perExecution, perGroup }: Transitions, files: number): number =>
  perExecution + perGroup * groupsOf(files);

interface Definition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly Next?: string;
  readonly End?: boolean;
  readonly Choices?: readonly { readonly Next: string }[];
  readonly ItemProcessor?: Definition;
}

/**
 * Counts the transitions of an execution in which nothing fails and every choice takes its first branch: one for each state and
 * one for the start; in a Map, those of one item for each group of files. https://aws.amazon.com/step-functions/pricing/
 * @param nested the definition of the executions that states start; their transitions are billed as well
 */
export function countTransitions(definition: unknown, nested?: unknown): Transitions {
  const states = [...walk(definition as Definition)];
  const starts = states.filter(({ Resource }) => Resource?.includes(':states:startExecution')).length;
  const perStart = nested === undefined ? 0 : countTransitions(nested).perExecution;
  const ofItems = states.flatMap(({ ItemProcessor }) =>
    ItemProcessor ? [walk(ItemProcessor).length + 1] : [],
  );
  return { perExecution: states.length + 1 + starts * perStart, perGroup: Math.max(0, ...ofItems) };
}

function walk({ StartAt, States }: Definition): State[] {
  const path: State[] = [];
  for (let name: string | undefined = StartAt; name !== undefined; ) {
    const state: State | undefined = States[name];
    if (!state || path.includes(state)) throw new Error(`the path of an execution ends or loops at ${name}`);
    path.push(state);
    name = state.Choices?.[0]?.Next ?? state.Next;
  }
  return path;
}
