import { nextMatch, parseCron } from './cron';

/** When a schedule invokes its target. */
export interface Recurrence {
  /** The first time for a schedule that is created at `created`; undefined: never. */
  first(created: Date): Date | undefined;
  /** The next time after an invocation at `last`; undefined: never. */
  next(last: Date): Date | undefined;
}

const UNIT_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/**
 * Parses a schedule expression. `rate(...)` starts at the creation of the schedule, `cron(...)` at its first match. Times
 * are in UTC.
 * @throws RangeError for `at(...)` and invalid expressions
 */
export function parseRecurrence(expression: string): Recurrence {
  const [, kind, text = ''] = /^(rate|cron)\((.*)\)$/.exec(expression) ?? [];
  if (kind === 'cron') {
    const cron = parseCron(text);
    const next = (time: Date) => nextMatch(cron, time);
    return { first: next, next };
  }
  const [, count, unit = ''] = /^(\d+) (minute|hour|day)s?$/.exec(text) ?? [];
  const periodMs = Number(count) * (UNIT_MS[unit] ?? Number.NaN);
  if (kind === 'rate' && periodMs > 0) return every(periodMs);
  throw new RangeError(`expected rate(...) or cron(...), got ${expression}`);
}

/** From the creation on, once per period. */
export function every(periodMs: number): Recurrence {
  return {
    first: (created) => created,
    next: (last) => new Date(last.getTime() + periodMs),
  };
}
