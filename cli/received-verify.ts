import { catalog } from '../catalog/catalog';
import { eventContracts } from '../domain/events/event-files';
import { plural } from '../domain/plural';
import { DAY_MS } from '../domain/time';
import type { Deployment } from '../operations/deployment';
import type { VerifiedEventDay } from '../operations/events/views';
import type { LakeSession } from '../operations/lake/session';
import { formatTable } from './table';

/**
 * What became of every line that the entry points received in the last days, today included.
 * @param days 0: none
 */
export async function verifyReceivedEvents(
  deployment: Deployment,
  session: LakeSession,
  days: number,
): Promise<VerifiedEventDay[]> {
  const kinds = eventContracts(catalog.contracts);
  if (!kinds || days === 0) return [];
  const { verifyReceived } = await import('../operations/events/verify-received');
  const since = new Date(Date.now() - (days - 1) * DAY_MS).toISOString().slice(0, 10);
  return verifyReceived(deployment, session, catalog.stagingTable(kinds.events.kind), since);
}

export const missingEvents = (days: readonly VerifiedEventDay[]): number =>
  days.reduce((sum, { missing }) => sum + missing, 0);

export function formatReceived(days: readonly VerifiedEventDay[]): string {
  if (days.length === 0) return '';
  const number = (name: Exclude<keyof VerifiedEventDay, 'day' | 'origin'>, heading: string = name) => ({
    heading,
    right: true,
    text: (day: VerifiedEventDay) => String(day[name]),
  });
  const table = formatTable(
    [
      { heading: 'events (UTC)', text: ({ day }) => day },
      { heading: 'from', text: ({ origin }) => origin },
      number('received'),
      number('distinct'),
      number('duplicates'),
      number('bots'),
      number('rejected'),
      number('missing'),
    ],
    days,
  );
  const missing = missingEvents(days);
  return `${table.trimEnd()}\n${missing === 0 ? 'every event is accounted for' : `${plural(missing, 'event')} missing in the lake`}\n`;
}
