import type { StateStatus } from '../domain/execution-history';
import { plural } from '../domain/plural';
import type { Frame, WatchedExecution } from '../operations/executions/follow';
import type { LiveStep } from '../operations/executions/steps';
import { formatBytes, formatSeconds, printable } from './table';

export interface ViewOptions {
  readonly now: Date;
  readonly hasColour: boolean;
  /** Width of the terminal in cells. */
  readonly columns: number;
}

const COLOURS = { green: 32, red: 31, yellow: 33, cyan: 36, grey: 90 };
type Colour = keyof typeof COLOURS;

const MARKS: Readonly<Record<StateStatus | 'ahead', readonly [string, Colour]>> = {
  succeeded: ['✓', 'green'],
  running: ['●', 'cyan'],
  failed: ['✗', 'red'],
  caught: ['!', 'yellow'],
  stopped: ['■', 'yellow'],
  ahead: ['·', 'grey'],
};

/** Lines with the queue, the execution, and its states, including the remaining ones. */
export function drawFrame({ queue, execution }: Frame, options: ViewOptions): string[] {
  const queueLine = `queue      ${queue.waiting} waiting, ${queue.in_flight} in flight, ${plural(queue.dead_letters, 'dead letter')}`;
  if (!execution)
    return [queueLine, 'no execution is running; waiting for one'].map((line) => cut(line, options));
  const width = Math.max(...namesOf(execution).map((name) => name.length));
  const states = [
    ...execution.steps.map((step) => stateLine(step.state, step.status, describe(step, options.now), width)),
    ...execution.ahead.map((state) => stateLine(state, 'ahead', '', width)),
  ].map(({ mark, colour, text }) => `  ${paint(mark, colour, options)} ${cut(text, options, 4)}`);
  const about = [queueLine, ...aboutLines(execution, options.now)].map((line) => cut(line, options));
  return [...about, ...states, ...resultLines(execution, options)];
}

/** `3 files, 1.2 kB; 2 valid, 1 invalid; 40 rows, 2 bad`; only the number of files before validation. */
export function describeFiles(files: WatchedExecution['files']): string {
  const sum = (of: 'bytes' | 'rows' | 'bad_rows' | 'left_out_rows') =>
    files.reduce((total, file) => total + (file[of] ?? 0), 0);
  const outcomes = new Map<string, number>();
  for (const { outcome } of files) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  const count = plural(files.length, 'file');
  if (outcomes.has('waiting')) return count;
  const leftOut = sum('left_out_rows') > 0 ? `, ${sum('left_out_rows')} left out` : '';
  const found = [...outcomes].map(([outcome, n]) => `${n} ${outcome}`).join(', ');
  return `${count}, ${formatBytes(sum('bytes'))}; ${found}; ${plural(sum('rows'), 'row')}, ${sum('bad_rows')} bad${leftOut}`;
}

/** `1.2 s  3 of 4  attempt 2` */
export function describe({ started, ended, items, tries, status }: LiveStep, now: Date): string {
  const took = formatSeconds(Math.max(0, (ended ?? now).getTime() - started.getTime())).padStart(8);
  const notes = [
    items && items.all > 0 ? `${items.done} of ${items.all}` : '',
    tries > 1 ? `attempt ${tries}` : '',
    status === 'caught' ? 'failed, error caught' : '',
  ];
  return [took, ...notes.filter(Boolean)].join('  ');
}

function aboutLines({ name, status, started, ended, files }: WatchedExecution, now: Date): string[] {
  const took = started ? formatSeconds(Math.max(0, (ended ?? now).getTime() - started.getTime())) : '';
  return [`execution  ${name}  ${status}  ${took}`, `batch      ${describeFiles(files)}`];
}

/** Wrapped rather than cut, as the cause of a failure can be long. */
function resultLines({ report, cause }: WatchedExecution, { columns }: ViewOptions): string[] {
  const words = printable(report?.summary ?? cause ?? '').split(' ');
  const lines: string[] = [];
  for (const word of words) {
    const line = `${lines.at(-1) ?? ' '} ${word}`;
    if (lines.length === 0 || line.length >= columns) lines.push(`  ${word}`);
    else lines[lines.length - 1] = line;
  }
  return lines.filter((line) => line.trim() !== '');
}

const namesOf = ({ steps, ahead }: WatchedExecution): string[] => [
  ...steps.map(({ state }) => state),
  ...ahead,
];

function stateLine(state: string, status: StateStatus | 'ahead', described: string, width: number) {
  const [mark, colour] = MARKS[status];
  return { mark, colour, text: `${state.padEnd(width)}  ${described}`.trimEnd() };
}

function paint(text: string, colour: Colour, { hasColour }: ViewOptions): string {
  return hasColour ? `\u001b[${COLOURS[colour]}m${text}\u001b[0m` : text;
}

/** A line that wraps could not be overwritten. */
const cut = (line: string, { columns }: ViewOptions, indent = 0): string =>
  line.slice(0, columns - 1 - indent);
