/**
 * A state machine's definition as the graph needs it: states and transitions.
 * https://states-language.net/spec.html
 */
import { END, type Run, START, WAY_SIGN } from '../../../domain/execution-history';

export interface MachineState {
  readonly name: string;
  /** Task, Map, Choice... */
  readonly type: string;
  /** The state's Comment. */
  readonly comment: string | null;
  /** The Map or Parallel that contains it. */
  readonly within: string | null;
  /** The rules of a Choice, in order. */
  readonly choices: readonly { readonly when: string; readonly next: string }[];
}

/** `caught`: the transition of a caught error. */
export type WayKind = 'next' | 'caught';

export interface Way {
  readonly from: string;
  readonly to: string;
  readonly kind: WayKind;
}

export interface Machine {
  readonly states: readonly MachineState[];
  readonly ways: readonly Way[];
}

type Fields = Readonly<Record<string, unknown>>;

/** @param definition in Amazon States Language, parsed; unknown parts are ignored */
export function readMachine(definition: unknown): Machine {
  const states: MachineState[] = [];
  const ways: Way[] = [];
  read(fieldsOf(definition), null, states, ways);
  return { states, ways };
}

/** A definition with the states that the execution entered but that an update has removed since. */
export function withVisited(machine: Machine, { states, taken }: Run): Machine {
  const added = [...states.keys()].filter((name) => !machine.states.some((state) => state.name === name));
  if (added.length === 0) return machine;
  const ways = [...taken].map((way) => way.split(WAY_SIGN));
  return {
    states: [
      ...machine.states,
      ...added.map((name) => ({ name, type: '', comment: null, within: null, choices: [] })),
    ],
    ways: [
      ...machine.ways,
      ...ways.flatMap(([from = '', to = '']): Way[] =>
        added.includes(from) || added.includes(to) ? [{ from, to, kind: 'next' }] : [],
      ),
    ],
  };
}

function read(machine: Fields, within: string | null, states: MachineState[], ways: Way[]): void {
  if (within === null && typeof machine.StartAt === 'string') {
    ways.push({ from: START, to: machine.StartAt, kind: 'next' });
  }
  for (const [name, value] of Object.entries(fieldsOf(machine.States))) {
    const fields = fieldsOf(value);
    const choices = listOf(fields.Choices).map((choice) => ({
      when: conditionOf(choice),
      next: String(choice.Next),
    }));
    if (typeof fields.Default === 'string') choices.push({ when: 'otherwise', next: fields.Default });
    states.push({
      name,
      type: String(fields.Type),
      comment: typeof fields.Comment === 'string' ? fields.Comment : null,
      within,
      choices,
    });
    ways.push(...waysFrom(name, fields, choices, within === null));
    for (const inner of [fields.ItemProcessor, fields.Iterator, ...listOf(fields.Branches)]) {
      read(fieldsOf(inner), name, states, ways);
    }
  }
}

function waysFrom(
  from: string,
  fields: Fields,
  choices: MachineState['choices'],
  isOutermost: boolean,
): Way[] {
  const next = [...choices.map((choice) => choice.next), ...(fields.Next ? [String(fields.Next)] : [])];
  const caught = listOf(fields.Catch).map(({ Next }) => String(Next));
  const isLast = fields.End === true || fields.Type === 'Succeed' || fields.Type === 'Fail';
  const ways: Way[] = [
    ...[...new Set(next)].map((to): Way => ({ from, to, kind: 'next' })),
    ...[...new Set(caught)].map((to): Way => ({ from, to, kind: 'caught' })),
  ];
  return isLast && isOutermost ? [...ways, { from, to: END, kind: 'next' }] : ways;
}

const COMPARISONS: readonly [RegExp, string][] = [
  [/LessThanEquals/, '≤'],
  [/GreaterThanEquals/, '≥'],
  [/LessThan/, '<'],
  [/GreaterThan/, '>'],
  [/Equals/, '='],
  [/Matches/, 'is like'],
];

/** A Choice's rule in words: `$.bytes is there and $.bytes < 100`. */
function conditionOf(rule: Fields): string {
  if (Array.isArray(rule.And)) return listOf(rule.And).map(conditionOf).join(' and ');
  if (Array.isArray(rule.Or)) return listOf(rule.Or).map(conditionOf).join(' or ');
  if (rule.Not !== undefined) return `not (${conditionOf(fieldsOf(rule.Not))})`;
  if (typeof rule.Condition === 'string') return rule.Condition;
  const [operator = '', value] =
    Object.entries(rule).find(([field]) => !['Variable', 'Next', 'Comment'].includes(field)) ?? [];
  const variable = String(rule.Variable);
  if (operator === 'IsPresent') return `${variable} is ${value === true ? '' : 'not '}there`;
  const sign = COMPARISONS.find(([pattern]) => pattern.test(operator))?.[1] ?? operator;
  return `${variable} ${sign} ${JSON.stringify(value)}`;
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function listOf(value: unknown): Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}
