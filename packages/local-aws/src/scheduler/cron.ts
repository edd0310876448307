interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Names of the values from `min` on. */
  readonly names?: readonly string[];
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

const FIELDS = [
  { name: 'minutes', min: 0, max: 59 },
  { name: 'hours', min: 0, max: 23 },
  { name: 'day-of-month', min: 1, max: 31 },
  { name: 'month', min: 1, max: 12, names: MONTHS },
  { name: 'day-of-week', min: 1, max: 7, names: WEEKDAYS },
  { name: 'year', min: 1970, max: 2199 },
] as const satisfies readonly Field[];

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** The allowed values of each field, in ascending order. */
export interface Cron {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  /** undefined for `?`. */
  readonly daysOfMonth: readonly number[] | undefined;
  readonly months: readonly number[];
  /** 1 is Sunday; undefined for `?`. */
  readonly daysOfWeek: readonly number[] | undefined;
  readonly years: readonly number[];
}

/**
 * Parses the six fields of a cron expression of EventBridge Scheduler. Supports values, names, lists, ranges, steps, `*`
 * and `?`; not `L`, `W` and `#`.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based
 * @throws RangeError that names the field
 */
export function parseCron(text: string): Cron {
  const parts = text.trim().split(/\s+/);
  if (parts.length !== FIELDS.length) {
    throw new RangeError(`expected ${FIELDS.map(({ name }) => name).join(', ')}, got ${parts.length} fields`);
  }
  const [minutes = '', hours = '', dayOfMonth = '', month = '', dayOfWeek = '', year = ''] = parts;
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) {
    throw new RangeError(
      `expected ? in one of day-of-month and day-of-week, got ${dayOfMonth} and ${dayOfWeek}`,
    );
  }
  return {
    minutes: valuesOf(minutes, FIELDS[0]),
    hours: valuesOf(hours, FIELDS[1]),
    daysOfMonth: dayOfMonth === '?' ? undefined : valuesOf(dayOfMonth, FIELDS[2]),
    months: valuesOf(month, FIELDS[3]),
    daysOfWeek: dayOfWeek === '?' ? undefined : valuesOf(dayOfWeek, FIELDS[4]),
    years: valuesOf(year, FIELDS[5]),
  };
}

/** The first matching minute after a time, in UTC; undefined if there is none. */
export function nextMatch(cron: Cron, after: Date): Date | undefined {
  const earliest = (Math.floor(after.getTime() / MINUTE_MS) + 1) * MINUTE_MS;
  const end = Date.UTC((cron.years.at(-1) ?? 0) + 1, 0);
  for (let day = Math.floor(earliest / DAY_MS) * DAY_MS; day < end; day += DAY_MS) {
    if (!includesDay(cron, new Date(day))) continue;
    for (const hour of cron.hours) {
      for (const minute of cron.minutes) {
        const time = day + (hour * 60 + minute) * MINUTE_MS;
        if (time >= earliest) return new Date(time);
      }
    }
  }
  return undefined;
}

function includesDay({ years, months, daysOfMonth, daysOfWeek }: Cron, day: Date): boolean {
  return (
    years.includes(day.getUTCFullYear()) &&
    months.includes(day.getUTCMonth() + 1) &&
    (daysOfMonth?.includes(day.getUTCDate()) ?? true) &&
    (daysOfWeek?.includes(day.getUTCDay() + 1) ?? true)
  );
}

function valuesOf(text: string, field: Field): number[] {
  const values = new Set(text.split(',').flatMap((item) => itemValues(item, text, field)));
  return [...values].sort((a, b) => a - b);
}

/** `*`, a value or a range, each with an optional step. */
const ITEM = /^(?:(\*)|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/;

function itemValues(item: string, text: string, field: Field): number[] {
  const fault = () =>
    new RangeError(`expected values from ${field.min} to ${field.max} as ${field.name}, got ${text}`);
  const [match, all, from = '', to, step] = ITEM.exec(item) ?? [];
  if (match === undefined) throw fault();
  const first = all ? field.min : parseValue(from, field);
  // A step without a range continues to the maximum.
  const last = all || (to === undefined && step !== undefined) ? field.max : parseValue(to ?? from, field);
  const every = Number(step ?? 1);
  if (!(first >= field.min && first <= last && last <= field.max && every > 0)) throw fault();
  const count = Math.floor((last - first) / every) + 1;
  return Array.from({ length: count }, (_, index) => first + index * every);
}

/** NaN for anything else. */
function parseValue(text: string, { names = [], min }: Field): number {
  const position = names.indexOf(text.toUpperCase());
  if (position >= 0) return position + min;
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}
