/**
 * The runs that write a KPI table to DynamoDB, and how they know of each other: by `txn` actions of the table.
 *
 * A run can go on after its execution was stopped, and write an old item over one that another run has written meanwhile.
 * DynamoDB takes items in batches without conditions, so nothing holds it back; and it may be killed before it can make
 * that good. So whoever begins says so before its first item, and whoever finds that another has not ended leaves the mark
 * of what is published where it was until that one cannot be alive: every run until then writes again what it may have
 * touched. To begin costs no commit of its own where the run's rows are committed anyhow.
 */

import type { Txn } from '../../lake/actions';
import type { Snapshot } from '../../lake/snapshot';

/** The version up to which DynamoDB has been written: nobody who may be writing touches a key that no later one changed. */
const PUBLISHED = 'daybook/published';

/** When the last run began, in epoch milliseconds, or just after the one before it; no two are equal. */
const BEGUN = 'daybook/publishing-begun';

/** The beginning of the last run that came to its end. */
const ENDED = 'daybook/publishing-ended';

/** The beginning of the last run that had not ended when another began. */
const OVERTAKEN = 'daybook/publishing-overtaken';

export const publishedVersion = (kpis: Snapshot | undefined): number | undefined => kpis?.txns.get(PUBLISHED);

export const lastBegun = (kpis: Snapshot | undefined): number | undefined => kpis?.txns.get(BEGUN);

/**
 * What a run commits before its first item.
 * @param since the table as the run found it, where the commit is to be refused if another has begun meanwhile
 */
export function beginning(since: Snapshot | undefined, now: Date): { begun: number; txns: Txn[] } {
  const last = lastBegun(since);
  const begun = Math.max(now.getTime(), (last ?? 0) + 1);
  const isOpen = last !== undefined && last !== since?.txns.get(ENDED);
  return {
    begun,
    txns: [{ appId: BEGUN, version: begun }, ...(isOpen ? [{ appId: OVERTAKEN, version: last }] : [])],
  };
}

/**
 * What a run commits after its last item, if it wrote what the table held at `since` and no other run has begun since.
 * @param lifetimeSeconds the longest time that a run can be alive: one that was overtaken longer ago writes no more
 */
export function ending(begun: number, since: Snapshot, now: Date, lifetimeSeconds: number): Txn[] {
  const overtaken = since.txns.get(OVERTAKEN);
  const isAlone = overtaken === undefined || overtaken + lifetimeSeconds * 1000 <= now.getTime();
  return [
    { appId: BEGUN, version: begun },
    { appId: ENDED, version: begun },
    ...(isAlone ? [{ appId: PUBLISHED, version: since.version }] : []),
  ];
}
