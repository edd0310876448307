import { movesKey } from '../../domain/object-keys';
import { type MoveGroup, type MoveInput, type MoveResult, moveGroupSchema } from '../../domain/workflow';
import type { Bucket } from '../../lake/bucket';
import { inParallel } from '../../lake/parallel';
import type { Ledger } from '../ledger/ledger';
import type { TaskLogger } from '../logger';
import { earlierCopies } from './earlier-copies';
import { type MoveDeps as FileDeps, moveFile } from './move-file';

/** Files on their way at one time, two requests each, one after the other. */
export const CONNECTIONS = 32;

export interface MoveDeps {
  readonly bucket: Bucket;
  readonly s3: Pick<FileDeps, 'client' | 'mostBytesAtOnce'>;
  readonly ledger: Pick<Ledger, 'readAll'>;
  readonly logger: TaskLogger;
}

/** The group was never written, or is another execution's. */
export class MoveGroupMissingError extends Error {
  override readonly name = 'MoveGroupMissingError';
  constructor(readonly key: string) {
    super(`${key} is not there: validate writes it before it tells the state machine of the group`);
  }
}

/**
 * Moves the files of a group to where each belongs. Safe to run again after any failure: what was moved is gone, and is
 * passed over, as is a file in whose place a newer upload lies.
 * @throws MoveGroupMissingError; MoveError for the first file that S3 did not let go, once those on their way have arrived
 */
export async function run(input: MoveInput, deps: MoveDeps): Promise<MoveResult> {
  const { bucket, s3, logger } = deps;
  const { moves } = await readGroup(input, bucket);
  const copies = await earlierCopies(input.execution_id, moves, deps);
  const fileDeps: FileDeps = {
    ...s3,
    bucket: bucket.name,
    // Before the file itself goes, so that a run that dies here is made up for by the next.
    whenCopied: async ({ key }) => {
      for (const copy of copies.get(key) ?? []) {
        await bucket.delete(copy);
        logger.info('copy of an earlier execution removed', { key, copy });
      }
    },
  };
  const outcomes = await inParallel(CONNECTIONS, moves, (move) => moveFile(move, fileDeps));
  const having = (wanted: (typeof outcomes)[number]) => outcomes.filter((one) => one === wanted).length;
  const result = { moved: having('moved'), gone: having('gone'), replaced: having('replaced') };
  logger.info('group moved', { outcome: input.outcome, group: input.group, counts: result });
  return result;
}

async function readGroup({ execution_id, outcome, group }: MoveInput, bucket: Bucket): Promise<MoveGroup> {
  const key = movesKey(execution_id, outcome, group);
  const body = await bucket.get(key);
  if (!body) throw new MoveGroupMissingError(key);
  return moveGroupSchema.parse(JSON.parse(new TextDecoder().decode(body)));
}
