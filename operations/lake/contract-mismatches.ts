import type { Catalog } from '../../catalog/catalog';
import { whyRefused } from '../../lake/check';
import { LakeError } from '../../lake/errors';
import type { Lake } from '../../lake/lake';
import { readSnapshot } from '../../lake/snapshot';
import type { TableSpec } from '../../lake/table-spec';
import { inParallel } from '../../storage/parallel';

const MAX_READS = 8;

/**
 * Why stage would refuse the files of contracts, for example because their tables are stored with another type or key: its own
 * messages, one per kind. Reads only the logs of the tables.
 *
 * @throws errors of the bucket
 */
export async function contractMismatches(
  lake: Lake,
  { kinds, stagingTable, historyTable }: Pick<Catalog, 'kinds' | 'stagingTable' | 'historyTable'>,
): Promise<string[]> {
  const found = await inParallel(MAX_READS, kinds, async (kind) => {
    // Stage writes the history first.
    const history = historyTable(kind);
    return (history && (await refusal(lake, history))) ?? (await refusal(lake, stagingTable(kind)));
  });
  return found.filter((message) => message !== undefined);
}

async function refusal(lake: Lake, table: TableSpec): Promise<string | undefined> {
  try {
    return whyRefused(table, await readSnapshot(lake, table.location))?.message;
  } catch (error) {
    if (error instanceof LakeError) return error.message;
    throw error;
  }
}
