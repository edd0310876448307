import { isAnsweredEarly, type NumberedWrite, type RuleInput } from 'local-aws/faults';

/** How a write goes wrong. */
export const MODES = [
  'killed-after',
  'down-after',
  'lost',
  'dropped',
  'twice',
  'late',
  'killed-before',
  'down-before',
  'refused',
  'error-in-200',
  'conflict',
] as const;
export type Mode = (typeof MODES)[number];

export const MODE_MEANINGS: Readonly<Record<Mode, string>> = {
  refused: 'refused, as often as an SDK tries (DynamoDB: three times of ten)',
  'error-in-200': 'answered with status 200 and an error, as often as an SDK tries',
  conflict: 'refused once because of another request for the key (409)',
  lost: 'applied, its answer lost',
  'killed-before': 'its process killed before it is applied',
  'killed-after': 'its process killed after it is applied',
  'down-before': 'everything killed before it is applied, and started again',
  'down-after': 'everything killed after it is applied, and started again',
  dropped: 'the message lost altogether',
  twice: 'the message, or messages, delivered twice',
  late: 'the message delivered ten minutes late, after those sent after it',
};

/** A write of the undisturbed run; its number is what a case is repeated by. */
export type Write = NumberedWrite;

/** An SDK tries three times where nothing else is said. */
const SDK_ATTEMPTS = 3;
const LATE_SECONDS = 600;
/** Of a task, on Fargate or as a function. */
const STARTS = ['RunTask', 'Invoke'];

/**
 * The pipeline's own writes, numbered anew so that every recording numbers them alike: what one caller does to one service
 * in a row may come in any order (files of a partition, items of a Map), and is sorted.
 */
export function canonical(writes: readonly NumberedWrite[]): Write[] {
  const own = writes.filter(({ caller }) => caller !== 'local');
  const runs: NumberedWrite[][] = [];
  for (const write of own) {
    const [beforeLast, last] = [runs.at(-2), runs.at(-1)];
    if (last && last[0]?.caller === write.caller && last[0].service === write.service) last.push(write);
    // Who starts an execution goes on while its first task is started.
    else if (STARTS.includes(last?.[0]?.operation ?? '') && beforeLast?.[0]?.caller === write.caller)
      runs.splice(-1, 0, [write]);
    else runs.push([write]);
  }
  const name = ({ resource, operation, nth }: NumberedWrite) =>
    `${resource}\n${operation}\n${String(nth).padStart(6, '0')}`;
  return runs
    .flatMap((run) => run.sort((a, b) => (name(a) < name(b) ? -1 : 1)))
    .map((write, index) => ({ ...write, n: index + 1 }));
}

/** The modes in which a write can go wrong. */
export function modesOf({ service, operation, caller, hasProcess, isConditional }: Write): Mode[] {
  const down: Mode[] = ['down-before', 'down-after'];
  const isMessage = service === 'sqs' && operation === 'SendMessage' && caller.endsWith('.amazonaws.com');
  if (isMessage) return ['refused', 'dropped', 'twice', 'late', ...down];
  return [
    'refused',
    ...(isAnsweredEarly({ service, operation }) ? (['error-in-200'] as const) : []),
    ...(isConditional ? (['conflict'] as const) : []),
    'lost',
    ...(hasProcess ? (['killed-before', 'killed-after'] as const) : []),
    ...(operation === 'ReceiveMessage' ? (['twice'] as const) : []),
    ...down,
  ];
}

const EFFECTS: Readonly<Record<Mode, RuleInput['effect']>> = {
  refused: { do: 'refuse', attempts: SDK_ATTEMPTS },
  'error-in-200': { do: 'refuse', how: 'error-in-200', attempts: SDK_ATTEMPTS },
  conflict: { do: 'refuse', how: 'conflict' },
  lost: { do: 'lose-answer' },
  'killed-before': { do: 'kill', at: 'before' },
  'killed-after': { do: 'kill', at: 'after' },
  'down-before': { do: 'kill-endpoint', at: 'before' },
  'down-after': { do: 'kill-endpoint', at: 'after' },
  dropped: { do: 'drop' },
  twice: { do: 'twice' },
  late: { do: 'late', seconds: LATE_SECONDS },
};

export function ruleFor({ service, operation, resource, caller, nth }: Write, mode: Mode): RuleInput {
  return { service, operation, resource, caller, nth, effect: EFFECTS[mode] };
}

export const describeWrite = ({ caller, service, operation, resource, nth }: Write): string =>
  `${caller} ${service}:${operation} ${resource}${nth > 1 ? ` (${nth})` : ''}`;
