import type { LedgerItem } from '../../domain/ledger';
import { quoteIdentifier } from '../../engine/duckdb/quote';
import { fill } from '../../engine/duckdb/sql';
import type { QueryRow } from '../lake/query/query-rows';
import type { EventFile } from './event-files';
import storedEventsSql from './stored_events.sql';
import type { EventDay } from './views';

/** Runs one SELECT over the tables of the lake. */
export type LakeQuery = (sql: string) => Promise<readonly QueryRow[]>;

/**
 * The events of each day and entry point: what was received and rejected from the ledger, what is stored from the lake, and
 * duplicates as what is left over; `daybook verify` looks up every line instead.
 *
 * @param files those of the days from `since` on; older ones are not counted
 * @param eventKind the kind that events become rows of
 * @param since the first UTC day, YYYY-MM-DD
 * @returns newest day first
 */
export async function reconcileEvents(
  files: readonly EventFile[],
  eventKind: string,
  query: LakeQuery,
  since: string,
): Promise<EventDay[]> {
  const counted = files.filter(({ item, day }) => day >= since && receivedIn(item) !== undefined);
  if (counted.length === 0) return [];
  const sql = fill(storedEventsSql, { events: quoteIdentifier(eventKind), since: `${since}T00:00:00Z` });
  const stored = new Map<string, { distinct: number; bots: number }>();
  for (const [key, isBot, events] of await query(sql)) {
    const of = stored.get(String(key)) ?? { distinct: 0, bots: 0 };
    of[isBot === true ? 'bots' : 'distinct'] += Number(events);
    stored.set(String(key), of);
  }
  return sumByDay(
    counted.map((file) => {
      const { received, rejected } = receivedIn(file.item) ?? { received: 0, rejected: 0 };
      const { distinct, bots } = stored.get(file.item.key) ?? { distinct: 0, bots: 0 };
      return { file, received, rejected, distinct, bots, duplicates: received - rejected - distinct - bots };
    }),
  );
}

interface FileCounts extends Omit<EventDay, 'day' | 'origin'> {
  readonly file: Pick<EventFile, 'day' | 'origin'>;
}

/** Newest day first, then by origin. */
export function sumByDay<Counts extends FileCounts>(
  files: readonly Counts[],
): (Omit<Counts, 'file'> & Pick<EventDay, 'day' | 'origin'>)[] {
  const days = new Map<string, Omit<Counts, 'file'> & Pick<EventDay, 'day' | 'origin'>>();
  for (const {
    file: { day, origin },
    ...counts
  } of files) {
    const sum = days.get(`${day} ${origin}`);
    const added = Object.entries(counts).map(([name, count]) => [
      name,
      Number(count) + Number(sum?.[name as keyof typeof sum] ?? 0),
    ]);
    days.set(`${day} ${origin}`, { ...Object.fromEntries(added), day, origin });
  }
  const order = ({ day, origin }: Pick<EventDay, 'day' | 'origin'>) => `${day} ${origin}`;
  return [...days.values()].sort((a, b) =>
    a.day === b.day ? (order(a) < order(b) ? -1 : 1) : a.day > b.day ? -1 : 1,
  );
}

/** The lines of a file; undefined for one that was archived by a version that did not count its events. */
export function receivedIn({
  outcome,
  events,
  rows_rejected = 0,
  rows_left_out = 0,
}: LedgerItem): { readonly received: number; readonly rejected: number } | undefined {
  if (outcome === 'archived' && events === undefined) return undefined;
  const rejected = rows_rejected + rows_left_out;
  return { received: (events ?? 0) + rejected, rejected };
}
