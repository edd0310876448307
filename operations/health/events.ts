import type { Deployment } from '../deployment';
import type { EventFile } from '../events/event-files';
import { receivedIn } from '../events/reconciliation';
import type { EventOrigin } from '../events/views';
import { ifThere, messagesIn } from '../queue';
import type { Metrics } from './metrics';
import type { EventsHealth, OriginRate } from './views';

const HOUR_MS = 3_600_000;

/**
 * The entry points of events: their queue, their dead letters, and what each received in the last hour.
 * @param metrics undefined without CloudWatch
 * @param files those of today and yesterday at least
 */
export async function readEventsHealth(
  deployment: Deployment,
  metrics: Metrics | undefined,
  files: readonly EventFile[],
  now: Date,
): Promise<EventsHealth> {
  const { eventQueue, eventDeadLetterQueue } = deployment.names;
  const [queue, deadLetters] = await Promise.all([
    ifThere(messagesIn(deployment, eventQueue)),
    ifThere(messagesIn(deployment, eventDeadLetterQueue)),
  ]);
  const rates = ratesOf(files, now);
  if (!queue || !deadLetters) return { queue: null, dead_letters: 0, iterator_age_seconds: null, rates };
  const isEmpty = queue.waiting + queue.in_flight === 0;
  return {
    queue: { ...queue, oldest_seconds: isEmpty ? null : (metrics?.oldestEventSeconds ?? null) },
    dead_letters: deadLetters.waiting,
    iterator_age_seconds: metrics?.iteratorAgeSeconds ?? null,
    rates,
  };
}

/** The events of the last hour by origin, most first; those whose files are still waiting are not counted. */
export function ratesOf(files: readonly EventFile[], now: Date): OriginRate[] {
  const from = new Date(now.getTime() - HOUR_MS).toISOString();
  const rates = new Map<EventOrigin, { events: number; last_at: string }>();
  for (const { item, origin, at } of files) {
    const rate = rates.get(origin) ?? { events: 0, last_at: at };
    rates.set(origin, {
      events: rate.events + (at >= from ? (receivedIn(item)?.received ?? 0) : 0),
      last_at: at > rate.last_at ? at : rate.last_at,
    });
  }
  return [...rates]
    .map(([origin, { events, last_at }]) => ({ origin, events_in_hour: events, last_at }))
    .sort((a, b) => b.events_in_hour - a.events_in_hour || (a.origin < b.origin ? -1 : 1));
}
