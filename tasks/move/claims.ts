import { type LedgerItem, ledgerKey, OPEN_OUTCOMES } from '../../domain/ledger';
import { archiveKey, rejectedKey } from '../../domain/object-keys';
import type { Move } from '../../domain/workflow';
import type { Bucket } from '../../storage/bucket';
import type { Ledger } from '../../storage/ledger/ledger';

/** The execution that has a file according to the ledger, and copies that other executions made. */
export interface Claim {
  /** Another execution has the file now, and moves it. */
  readonly isTaken: boolean;
  /** Of a taken file, the copies of the execution that has it; otherwise those of all that had it. */
  readonly copies: readonly string[];
}

const NONE: Claim = { isTaken: false, copies: [] };

/**
 * Finds other executions that had the same files: each died between copy and delete, or still runs although it was given up.
 * The execution that has a file according to the ledger decides its place. To be called after the own copy was made: of two
 * executions that do so, at least one sees the other's copy.
 *
 * Only executions that the ledger lists for this upload count, so the copy of an execution that the ledger does not know is
 * never removed.
 *
 * @returns a claim for each of the moves, in their order
 */
export async function claimsOf(
  executionId: string,
  moves: readonly Move[],
  { bucket, ledger }: { readonly bucket: Pick<Bucket, 'list'>; readonly ledger: Pick<Ledger, 'readAll'> },
): Promise<Claim[]> {
  const items = await ledger.readAll(moves.map(ledgerKey));
  const others = new Map(items.map((item) => [idOf(item), othersOf(item, executionId)]));

  const there = new Set<string>();
  for (const execution of new Set([...others.values()].flatMap(({ executions }) => executions))) {
    for (const place of placesOf(execution, '')) {
      for await (const { key } of bucket.list(place)) there.add(key);
    }
  }
  return moves.map((move) => {
    const other = others.get(idOf(ledgerKey(move)));
    if (!other) return NONE;
    const places = other.executions.flatMap((execution) => placesOf(execution, move.key));
    return { isTaken: other.isTaken, copies: places.filter((place) => there.has(place)) };
  });
}

const idOf = ({ key, upload }: Pick<LedgerItem, 'key' | 'upload'>): string => JSON.stringify([key, upload]);

const placesOf = (execution: string, key: string): string[] => [
  archiveKey(execution, key),
  rejectedKey(execution, key),
];

/**
 * An execution that found the file gone or replaced does not move it, although it was the last to have it. An execution that
 * the ledger does not know, because a person started it, moves what it finds.
 */
function othersOf({ outcome, execution, executions }: LedgerItem, executionId: string) {
  if (execution === executionId) {
    // It may have been given up, but no other execution has started.
    const isOpen = OPEN_OUTCOMES.some((open) => open === outcome);
    return { isTaken: false, executions: isOpen ? executions.filter((one) => one !== executionId) : [] };
  }
  const isKnown = executions.includes(executionId);
  const isTaken = isKnown && outcome !== 'gone' && outcome !== 'replaced';
  return { isTaken, executions: isTaken ? [execution] : [] };
}
