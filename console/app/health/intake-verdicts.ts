import type { EventDay, EventsHealth, OriginRate, ReceivedHealth, WarehouseHealth } from '../../api/health';
import { formatCount, formatDuration } from '../shared/format';
import { LONG_SECONDS, type Verdict } from './verdicts';

export const ORIGIN_NAMES: Readonly<Record<OriginRate['origin'], string>> = {
  http: 'HTTP',
  sqs: 'SQS',
  kinesis: 'Kinesis',
  kafka: 'Kafka',
  files: 'Files',
};

export function eventsVerdict(
  { queue, dead_letters, iterator_age_seconds, rates }: EventsHealth,
  now: Date,
): Verdict {
  if (dead_letters > 0) {
    return {
      tone: 'bad',
      word: 'Dead letters',
      advice: `${formatCount(dead_letters)} records of events were not written. Fix the cause, then redrive them.`,
      section: 'dead-letters',
    };
  }
  const oldest = Math.max(queue?.oldest_seconds ?? 0, iterator_age_seconds ?? 0);
  if (oldest >= LONG_SECONDS) {
    return {
      tone: 'bad',
      word: 'Events waiting too long',
      advice: `The oldest has waited for ${formatDuration(oldest * 1000)}: ingest does not run, or fails.`,
      section: 'events-wait',
    };
  }
  const perHour = rates.reduce((sum, { events_in_hour }) => sum + events_in_hour, 0);
  if (perHour > 0) return { tone: 'good', word: 'Receiving' };
  if (!queue)
    return { tone: 'quiet', word: 'Off', advice: 'This deployment has no entry points for events.' };
  const [newest] = rates
    .map(({ last_at }) => last_at)
    .sort()
    .reverse();
  return newest === undefined
    ? { tone: 'quiet', word: 'No events yet' }
    : {
        tone: 'quiet',
        word: 'No events in the last hour',
        advice: `The last one came ${formatDuration(now.getTime() - Date.parse(newest))} ago.`,
      };
}

/** At this share of rejected events, a producer is likely to be wrong; as of the alarm on refused requests. */
const MANY_REJECTED = 5;

/** In percent of the events received. */
export function rejectedShare(days: readonly EventDay[]): number {
  const received = days.reduce((sum, day) => sum + day.received, 0);
  const rejected = days.reduce((sum, day) => sum + day.rejected, 0);
  return received === 0 ? 0 : (100 * rejected) / received;
}

export function receivedVerdict({ days }: ReceivedHealth): Verdict {
  if (days.length === 0) return { tone: 'quiet', word: 'No events in three days' };
  const wrong = days.find(({ duplicates }) => duplicates < 0);
  if (wrong) {
    return {
      tone: 'bad',
      word: 'Does not add up',
      advice: `On ${wrong.day}, more events are stored than were received. Run npx daybook verify.`,
    };
  }
  if (rejectedShare(days) >= MANY_REJECTED) {
    return {
      tone: 'warn',
      word: 'Many rejected',
      advice: 'Fix the producer. The rejected events can be corrected and uploaded.',
      section: 'rejected-rows',
    };
  }
  return { tone: 'good', word: 'Adds up' };
}

/** A load follows every execution, so a version that is older than this was not loaded. */
export function warehouseVerdict({ has_warehouse, status }: WarehouseHealth, now: Date): Verdict {
  if (!has_warehouse) return { tone: 'quiet', word: 'None', advice: 'This deployment has no warehouse.' };
  if (!status) return { tone: 'quiet', word: 'Not asked' };
  if (status.migration === 0) return { tone: 'quiet', word: 'Nothing loaded yet' };
  const behind = status.tables.filter(
    ({ loaded_version, lake_version }) => loaded_version < (lake_version ?? 0),
  );
  if (behind.length === 0) return { tone: 'good', word: 'Up to date' };
  const [oldest = ''] = behind.map(({ loaded_at }) => loaded_at).sort();
  if (now.getTime() - Date.parse(oldest) < LONG_SECONDS * 1000) return { tone: 'busy', word: 'Loading' };
  return {
    tone: 'warn',
    word: 'Behind',
    advice: `${behind.map(({ table }) => table).join(', ')}: newer versions are in the lake. The next execution loads them, or daybook warehouse load.`,
    section: 'warehouse-not-loaded',
  };
}
