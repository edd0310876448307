import { type LedgerItem, ledgerKey } from '../../domain/ledger';
import { archiveKey, rejectedKey } from '../../domain/object-keys';
import type { Move } from '../../domain/workflow';
import type { Bucket } from '../../lake/bucket';
import type { Ledger } from '../ledger/ledger';

/**
 * Copies that earlier executions made of files which still lie in `input/`: each died between copy and delete, and its
 * batch came back. A file belongs where the execution puts it that brings its rows in, and nowhere else.
 *
 * An execution is believed to have made such a copy of its file alone where the ledger has it among those of this very
 * upload, and this execution as the one at work: so of two that were started for one file, none takes the other's copy.
 *
 * @returns by the file's key, the keys of its earlier copies
 */
export async function earlierCopies(
  executionId: string,
  moves: readonly Move[],
  { bucket, ledger }: { readonly bucket: Pick<Bucket, 'list'>; readonly ledger: Pick<Ledger, 'readAll'> },
): Promise<ReadonlyMap<string, readonly string[]>> {
  const items = await ledger.readAll(moves.map(ledgerKey));
  const isOurs = (item: LedgerItem | undefined): item is LedgerItem =>
    item?.outcome === 'running' && item.execution === executionId;
  const placesOf = ({ key, executions }: LedgerItem) =>
    executions
      .filter((earlier) => earlier !== executionId)
      .flatMap((earlier) => [archiveKey(earlier, key), rejectedKey(earlier, key)]);
  const tried = items.filter(isOurs).filter(({ executions }) => executions.length > 1);

  const there = new Set<string>();
  const executions = new Set(tried.flatMap((item) => item.executions));
  executions.delete(executionId);
  for (const earlier of executions) {
    for (const place of [archiveKey(earlier, ''), rejectedKey(earlier, '')]) {
      for await (const { key } of bucket.list(place)) there.add(key);
    }
  }
  return new Map(tried.map((item) => [item.key, placesOf(item).filter((place) => there.has(place))]));
}
