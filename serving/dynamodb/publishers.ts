/**
 * The runs that publish a KPI table to DynamoDB. They find out about each other through `txn` actions of the table.
 *
 * A run can continue after its execution was stopped, and overwrite an item of another run with an older one. Batch writes
 * have no conditions that could prevent this, and the run may be killed before it can correct it. So each run records its
 * start before its first item. A run that finds another one unfinished leaves the published version unchanged until the other
 * cannot be running any more: until then, every run publishes again whatever the other may have written. The start is recorded
 * in the commit of the run's rows if there is one.
 */

import type { Txn } from '../../lake/actions';
import type { Snapshot } from '../../lake/snapshot';
import { txnVersion } from '../../lake/txn-version';

/** The published version. A run that may still be writing writes only keys that later versions changed. */
const PUBLISHED = 'daybook/published';

/** The DynamoDB table that has it: a table that was created anew under the name has none of its items. */
const PUBLISHED_TO = 'daybook/published-to';

/** When the last run started, in epoch milliseconds; always later than the run before it. */
const STARTED = 'daybook/publishing-begun';

/** The start of the last run that finished. */
const FINISHED = 'daybook/publishing-ended';

/** The start of the last run that had not finished when another started. */
const OVERTAKEN = 'daybook/publishing-overtaken';

export const publishedVersion = (kpis: Snapshot | undefined): number | undefined => kpis?.txns.get(PUBLISHED);

/**
 * The published version, if it was published to this DynamoDB table. Releases before this was recorded published to the only one.
 * @param tableId as DynamoDB names it
 */
export function versionPublishedTo(kpis: Snapshot | undefined, tableId: string): number | undefined {
  const recorded = kpis?.txns.get(PUBLISHED_TO);
  return recorded === undefined || recorded === txnVersion(tableId) ? publishedVersion(kpis) : undefined;
}

export const lastStartedAt = (kpis: Snapshot | undefined): number | undefined => kpis?.txns.get(STARTED);

/**
 * The actions a run commits before its first item.
 * @param since the snapshot the run read; the commit must be refused if another run has started since
 */
export function startPublishing(since: Snapshot | undefined, now: Date): { startedAt: number; txns: Txn[] } {
  const last = lastStartedAt(since);
  const startedAt = Math.max(now.getTime(), (last ?? 0) + 1);
  const isOpen = last !== undefined && last !== since?.txns.get(FINISHED);
  return {
    startedAt,
    txns: [{ appId: STARTED, version: startedAt }, ...(isOpen ? [{ appId: OVERTAKEN, version: last }] : [])],
  };
}

/**
 * The actions a run commits after its last item, if it published the rows of `since` and no other run has started since.
 * @param tableId of the DynamoDB table
 * @param lifetimeSeconds the maximum lifetime of a run: an overtaken run that started earlier than that writes no more
 */
export function finishPublishing(
  startedAt: number,
  since: Snapshot,
  tableId: string,
  now: Date,
  lifetimeSeconds: number,
): Txn[] {
  const overtaken = since.txns.get(OVERTAKEN);
  const isAlone = overtaken === undefined || overtaken + lifetimeSeconds * 1000 <= now.getTime();
  return [
    { appId: STARTED, version: startedAt },
    { appId: FINISHED, version: startedAt },
    ...(isAlone
      ? [
          { appId: PUBLISHED, version: since.version },
          { appId: PUBLISHED_TO, version: txnVersion(tableId) },
        ]
      : []),
  ];
}
