import { parseArgs } from 'node:util';
import type { Setting } from './setting';
import { MODES, type Mode } from './writes';

export interface Options {
  /** Cases to run alone, each a list of `n:mode`; the whole matrix where undefined. */
  readonly only: readonly (readonly { n: number; mode: Mode }[])[] | undefined;
  /** Of the matrix, from the first to the last of them; all where undefined. */
  readonly writes: { readonly first: number; readonly last: number } | undefined;
  /** Of random pairs of faults, after the matrix or, where it is not asked for, alone. */
  readonly seconds: number;
  readonly seed: number;
  readonly matrix: boolean;
  readonly modes: readonly Mode[];
  readonly parallel: number;
  readonly batches: number;
  /** Every how manieth end state is read by delta-rs; 0 for none. */
  readonly deltaRsEvery: number;
  readonly setting: Setting;
  /** Cases of the matrix that are passed over, as when it was cut off. */
  readonly skip: number;
  readonly list: boolean;
  readonly keep: boolean;
}

export const USAGE = `npm run test:crash -- [options]

  --only N:MODE[+N:MODE]  one case (or a pair), as a failure names it; may be given again
  --writes N-M            only these, as --list has them
  --modes A,B             only these of ${MODES.join(', ')}
  --seconds S             then random pairs of faults, for so long (default 0)
  --seed N                which pairs (default: of the time; it is printed)
  --no-matrix             the pairs alone
  --parallel N            cases at a time (default 2)
  --batches N             batches of history (default 4: then the updates fold files and write checkpoints)
  --delta-rs N            every how manieth end state delta-rs reads too (default 10; 0 none)
  --functions             tasks as functions, as those of a small batch (default: on Fargate)
  --returns               four files a batch, and the first four come back: they are set aside, and go last
  --events                the history and the updates are files of events, as ingest writes them
  --event-tasks           alone: every write of collect, ingest and the tasks after them, in memory; -t "transform lost" for a part
  --skip N                the matrix without its first N cases
  --list                  the writes of the undisturbed run, and no case
  --keep                  keeps the directories of cases that fail, and says where
`;

/** @throws Error that says what was expected */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', multiple: true },
      writes: { type: 'string' },
      modes: { type: 'string' },
      seconds: { type: 'string', default: '0' },
      seed: { type: 'string' },
      'no-matrix': { type: 'boolean', default: false },
      parallel: { type: 'string', default: '2' },
      batches: { type: 'string', default: '4' },
      'delta-rs': { type: 'string', default: '10' },
      functions: { type: 'boolean', default: false },
      returns: { type: 'boolean', default: false },
      events: { type: 'boolean', default: false },
      skip: { type: 'string', default: '0' },
      list: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
    },
  });
  const seed = values.seed === undefined ? Date.now() % 1_000_000 : wholeNumber('--seed', values.seed);
  return {
    only: values.only?.map((text) => text.split('+').map(caseOf)),
    writes: values.writes === undefined ? undefined : rangeOf(values.writes),
    seconds: wholeNumber('--seconds', values.seconds),
    seed,
    matrix: !values['no-matrix'],
    modes: values.modes?.split(',').map(modeOf) ?? MODES,
    parallel: wholeNumber('--parallel', values.parallel),
    batches: wholeNumber('--batches', values.batches),
    deltaRsEvery: wholeNumber('--delta-rs', values['delta-rs']),
    setting: {
      tasksOn: values.functions ? 'lambda' : 'fargate',
      returns: values.returns,
      events: values.events,
    },
    skip: wholeNumber('--skip', values.skip),
    list: values.list,
    keep: values.keep,
  };
}

function wholeNumber(name: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new Error(`${name}: expected a whole number, got ${JSON.stringify(text)}`);
}

function rangeOf(text: string): { first: number; last: number } {
  const [first = '', last = first] = text.split('-');
  return { first: wholeNumber('--writes', first), last: wholeNumber('--writes', last) };
}

function caseOf(text: string): { n: number; mode: Mode } {
  const [n = '', mode = ''] = text.split(':');
  return { n: wholeNumber('--only', n), mode: modeOf(mode) };
}

function modeOf(text: string): Mode {
  const mode = MODES.find((known) => known === text);
  if (mode) return mode;
  throw new Error(`${JSON.stringify(text)}: expected a mode, one of ${MODES.join(', ')}`);
}
