import { EVENT_SOURCES, type EventSource } from '../../domain/events/envelope';
import type { LedgerItem, Outcome } from '../../domain/ledger';
import { EVENTS } from '../../domain/object-keys';
import type { Deployment } from '../deployment';
import { itemsOf } from '../files/ledger';
import type { EventOrigin } from './views';

/** A file of events that was processed. */
export interface EventFile {
  readonly item: LedgerItem;
  readonly origin: EventOrigin;
  /** The UTC day on which its last event was received, or the file was uploaded: YYYY-MM-DD. */
  readonly day: string;
  /** When that was, ISO 8601. */
  readonly at: string;
}

const RAW_KEY = new RegExp(
  `^${EVENTS}(${EVENT_SOURCES.join('|')})/(\\d{4})/(\\d\\d)/(\\d\\d)/(\\d{8})T(\\d\\d)(\\d\\d)(\\d\\d\\.\\d{3})Z-`,
);

/** The origin and the time in a key below `input/events/`; undefined for a file that no entry point wrote. */
export function originOf(
  key: string,
): { readonly origin: EventSource; readonly day: string; readonly at: string } | undefined {
  const [, origin, year, month, date, , hour, minute, second] = RAW_KEY.exec(key) ?? [];
  if (origin === undefined) return undefined;
  const day = `${year}-${month}-${date}`;
  return { origin: origin as EventSource, day, at: `${day}T${hour}:${minute}:${second}Z` };
}

const PROCESSED: readonly Outcome[] = ['archived', 'rejected'];

/**
 * The files of events whose outcome is not older than `since`, each once: of several uploads of a key, as of a replay, the last one.
 * @param eventKind the kind that events become rows of
 */
export async function readEventFiles(
  deployment: Deployment,
  eventKind: string,
  since: Date,
): Promise<EventFile[]> {
  const found = new Map<string, LedgerItem>();
  for (const outcome of PROCESSED) {
    for await (const item of itemsOf(deployment, outcome, since.toISOString())) {
      if (item.kind !== eventKind && !originOf(item.key)) continue;
      const before = found.get(item.key);
      if (!before || before.upload < item.upload) found.set(item.key, item);
    }
  }
  return [...found.values()].map((item) => {
    const raw = originOf(item.key);
    const at = item.replay_of ?? item.uploaded_at;
    return raw ? { item, ...raw } : { item, origin: 'files', day: at.slice(0, 10), at };
  });
}
