import { DAY_SECONDS, dayNumber } from './calendar';

/** Local times of a time zone. Seconds are since 1970-01-01, local ones as if the local time were UTC. */
export interface TimeZone {
  /** The instants at which clocks show a local time: none where they skip it, two where they show it again. */
  instants(local: number): readonly number[];
  /** The first instant of a day; undefined for a day that the zone skipped. @param day days since 1970-01-01 */
  startOfDay(day: number): number | undefined;
}

const UTC: TimeZone = { instants: (local) => [local], startOfDay: (day) => day * DAY_SECONDS };

const zones = new Map<string, TimeZone>([['UTC', UTC]]);

/** @param name IANA name @throws RangeError if there is no such zone */
export function timeZone(name: string): TimeZone {
  const known = zones.get(name) ?? zoneOf(offsets(name));
  zones.set(name, known);
  return known;
}

/** A part of a day and the days next to it in which local time is ahead of UTC by the same seconds. */
interface Period {
  readonly from: number;
  readonly to: number;
  readonly offset: number;
}

function zoneOf(offsetAt: (instant: number) => number): TimeZone {
  const periods = cached((day: number) => periodsAround(day, offsetAt));

  const instants = (local: number): readonly number[] => {
    const found: number[] = [];
    for (const { from, to, offset } of periods(Math.floor(local / DAY_SECONDS))) {
      const instant = local - offset;
      if (instant >= from && instant < to) found.push(instant);
    }
    return found;
  };

  const startOfDay = cached((day: number): number | undefined => {
    const midnight = day * DAY_SECONDS;
    const [first] = instants(midnight);
    if (first !== undefined) return first;
    // Clocks skip midnight. The day begins with the change, unless they skip all of it.
    const change = periods(day).find(({ from, offset }) => from + offset > midnight);
    return change && change.from + change.offset < midnight + DAY_SECONDS ? change.from : undefined;
  });

  return { instants, startOfDay };
}

/** Shorter than the time between two changes. */
const PROBE_SECONDS = 6 * 3600;

function periodsAround(day: number, offsetAt: (instant: number) => number): readonly Period[] {
  const end = (day + 2) * DAY_SECONDS;
  const found: Period[] = [];
  let from = (day - 1) * DAY_SECONDS;
  let offset = offsetAt(from);
  for (let last = from; last < end; last += PROBE_SECONDS) {
    const next = last + PROBE_SECONDS;
    const changed = offsetAt(next);
    if (changed === offset) continue;
    let before = last;
    let after = next;
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2);
      if (offsetAt(middle) === offset) before = middle;
      else after = middle;
    }
    found.push({ from, to: after, offset });
    from = after;
    offset = changed;
  }
  found.push({ from, to: end, offset });
  return found;
}

/** Days of a century. */
const MAX_DAYS = 36_525;

function cached<Value>(compute: (day: number) => Value): (day: number) => Value {
  const known = new Map<number, { readonly value: Value }>();
  return (day) => {
    const entry = known.get(day) ?? { value: compute(day) };
    if (known.size > MAX_DAYS) known.clear();
    known.set(day, entry);
    return entry.value;
  };
}

/** Computes the seconds that local time is ahead of UTC. */
function offsets(name: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: name,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });

  return (instant) => {
    const fields: Record<string, string> = {};
    for (const { type, value } of format.formatToParts(instant * 1000)) fields[type] = value;
    const { era = '', year, month, day, hour, minute, second } = fields;
    const date = {
      year: era.startsWith('B') ? 1 - Number(year) : Number(year),
      month: Number(month),
      day: Number(day),
    };
    const seconds = Number(hour) * 3600 + Number(minute) * 60 + Number(second);
    return dayNumber(date) * DAY_SECONDS + seconds - instant;
  };
}
