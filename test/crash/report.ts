import type { DoneCase } from './case';
import { describeWrite, MODE_MEANINGS, MODES, type Write } from './writes';

/** A line per write, a column per mode: `.` passed, `F` failed, `-` the fault did not occur, blank not run. */
export function matrixText(writes: readonly Write[], done: readonly DoneCase[]): string {
  const marks = new Map<string, string>();
  for (const { faults, problems, fired } of done) {
    const [fault] = faults;
    if (faults.length !== 1 || !fault) continue;
    marks.set(`${fault.write.n}:${fault.mode}`, problems.length > 0 ? 'F' : fired === 0 ? '-' : '.');
  }
  const letters = MODES.map((_, index) => String.fromCharCode(97 + index));
  const legend = MODES.map((mode, index) => `  ${letters[index]}  ${mode}: ${MODE_MEANINGS[mode]}`);
  const rows = writes.map((write) => {
    const cells = MODES.map((mode) => marks.get(`${write.n}:${mode}`) ?? ' ').join(' ');
    return `${String(write.n).padStart(4)}  ${cells}  ${describeWrite(write)}`;
  });
  return ['', ...legend, '', `      ${letters.join(' ')}`, ...rows, ''].join('\n');
}

/** Cases by mode, and in total. */
export function totalsText(done: readonly DoneCase[], seconds: number): string {
  const rows = MODES.flatMap((mode) => {
    const own = done.filter(({ faults }) => faults.length === 1 && faults[0]?.mode === mode);
    return own.length > 0 ? [row(mode, own)] : [];
  });
  const pairs = done.filter(({ faults }) => faults.length > 1);
  if (pairs.length > 0) rows.push(row('pairs', pairs));
  const each = done.reduce((sum, one) => sum + one.seconds, 0) / Math.max(1, done.length);
  rows.push(`${row('all', done)}; ${seconds.toFixed(0)} s, ${each.toFixed(1)} s per case`);
  return rows.join('\n');
}

function row(name: string, cases: readonly DoneCase[]): string {
  const failed = cases.filter(({ problems }) => problems.length > 0).length;
  const unmet = cases.filter(({ faults, fired }) => fired < faults.length).length;
  return `${name}: ${cases.length} cases, ${failed} failed${unmet > 0 ? `, ${unmet} without the fault` : ''}`;
}
