import type { Deployment } from '../deployment';
import { badRows } from '../files/bad-rows';
import type { EventFile } from './event-files';
import type { RejectedReason } from './views';

/** Rows of one file that are read; a file with more is one mistake of a producer. */
const MAX_ROWS = 1000;

/** The reasons in one file, most frequent first. The list never changes. @throws DeploymentError if the list no longer exists */
export async function reasonsIn(deployment: Deployment, { item }: EventFile): Promise<RejectedReason[]> {
  const found: RejectedReason[] = [];
  let rows = 0;
  for await (const { columns, reason } of badRows(deployment, item)) {
    found.push({ column: columns[0] ?? '', rule: ruleOf(reason), events: 1 });
    rows += 1;
    if (rows === MAX_ROWS) break;
  }
  return sumReasons(found);
}

/** Most frequent first. */
export function sumReasons(reasons: readonly RejectedReason[]): RejectedReason[] {
  const sums = new Map<string, RejectedReason>();
  for (const { column, rule, events } of reasons) {
    const key = `${column}\0${rule}`;
    sums.set(key, { column, rule, events: events + (sums.get(key)?.events ?? 0) });
  }
  return [...sums.values()].sort((a, b) => b.events - a.events || (a.rule < b.rule ? -1 : 1));
}

/** A reason ends with the value that came: `expected a number, got "x"`. */
const ruleOf = (reason: string): string => reason.replace(/,? got .*$/s, '').replace(/^[^:]*: /, '');
