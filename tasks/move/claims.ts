import { type LedgerItem, ledgerKey, OPEN_OUTCOMES } from '../../domain/ledger';
import { archiveKey, rejectedKey } from '../../domain/object-keys';
import type { Move } from '../../domain/workflow';
import type { Bucket } from '../../storage/bucket';
import type { Ledger } from '../../storage/ledger/ledger';

/** Who has a file, by the ledger, and what others made of it. */
export interface Claim {
  /** Another execution has the file by now, and moves it. */
  readonly isTaken: boolean;
  /** Of a file that is taken, the copies of the one that has it; else those of all who had it. */
  readonly copies: readonly string[];
}

const NONE: Claim = { isTaken: false, copies: [] };

/**
 * Executions that had the same file: each died between copy and delete, or goes on although it was given up. A file belongs
 * where the execution puts it that has it by the ledger, and nowhere else. To be asked for after the own copy was made: of
 * two who do so, at least one sees the other's copy.
 *
 * An execution is believed to have made such a copy of its file alone where the ledger has it among those of this very
 * upload: so none takes the copy of one that the ledger does not know.
 *
 * @returns of each of the moves, in their order
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
 * An execution that found the file gone, or a newer upload in its place, does not move it, though it was the last to have it.
 * One that the ledger does not know, as it was started by hand, moves what it finds.
 */
function othersOf({ outcome, execution, executions }: LedgerItem, executionId: string) {
  if (execution === executionId) {
    // Though it was given up, and nobody else has begun.
    const isOpen = OPEN_OUTCOMES.some((open) => open === outcome);
    return { isTaken: false, executions: isOpen ? executions.filter((one) => one !== executionId) : [] };
  }
  const isKnown = executions.includes(executionId);
  const isTaken = isKnown && outcome !== 'gone' && outcome !== 'replaced';
  return { isTaken, executions: isTaken ? [execution] : [] };
}
