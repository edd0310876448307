import { movesKey } from '../../domain/object-keys';
import {
  type Move,
  type MoveGroup,
  type MoveInput,
  type MoveResult,
  moveGroupSchema,
} from '../../domain/workflow';
import type { TaskLogger } from '../../runtime/logger';
import type { Bucket } from '../../storage/bucket';
import { getJson } from '../../storage/json-object';
import type { Ledger } from '../../storage/ledger/ledger';
import { chunksOf, inParallel } from '../../storage/parallel';
import { claimsOf } from './claims';
import { type CopyDeps, copyFile } from './copy-file';
import { type Deleted, deleteFiles } from './delete-files';

/** Files that are copied, and then deleted by one request: what is done again where a run dies between. */
const CHUNK_FILES = 100;

/** Chunks at one time, and copies of each: 32 connections. */
const CHUNKS = 4;
const COPIES = 8;

export interface MoveDeps {
  readonly bucket: Bucket;
  readonly s3: Pick<CopyDeps, 'client' | 'mostBytesAtOnce'>;
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
 * Moves the files of a group to where each belongs. Safe to run again after any failure: until a file is deleted all of it can
 * be done again, and afterwards it is gone and passed over, as is a file in whose place a newer upload lies. A file that another
 * execution has by now is left to that one, whichever of them is further on.
 * @throws MoveGroupMissingError; MoveError for the first file that S3 did not let go, once those on their way have arrived
 */
export async function run(input: MoveInput, deps: MoveDeps): Promise<MoveResult> {
  const { execution_id, moves } = await readGroup(input, deps.bucket);
  const chunks = chunksOf(moves, CHUNK_FILES);
  const outcomes = (await inParallel(CHUNKS, chunks, (chunk) => moveChunk(execution_id, chunk, deps))).flat();
  const having = (wanted: Outcome) => outcomes.filter((one) => one === wanted).length;
  const counts = {
    moved: having('moved'),
    gone: having('gone'),
    replaced: having('replaced'),
    taken: having('taken'),
  };
  deps.logger.info('group moved', { outcome: input.outcome, group: input.group, counts });
  return counts;
}

type Outcome = Deleted | 'taken';

/** A newer upload may replace a file after it was copied: the copy stays, as the rows that were judged are its own. */
async function moveChunk(
  executionId: string,
  moves: readonly Move[],
  { bucket, s3, ledger, logger }: MoveDeps,
): Promise<Outcome[]> {
  const copies = await inParallel(COPIES, moves, async (move) => {
    const outcome = await copyFile(move, { ...s3, bucket: bucket.name });
    return { move, outcome };
  });
  const copied = copies.filter(({ outcome }) => outcome === 'copied').map(({ move }) => move);
  const claims = await claimsOf(executionId, copied, { bucket, ledger });
  const own: Move[] = [];
  for (const [at, move] of copied.entries()) {
    const { isTaken = false, copies: others = [] } = claims[at] ?? {};
    if (!isTaken) own.push(move);
    // The one that has the file removes ours where it makes its own copy later.
    const unwanted = isTaken ? others.slice(0, 1).map(() => move.destination) : others;
    // Before the file itself goes, so that a run that dies here is made up for by the next.
    for (const copy of unwanted) {
      await bucket.delete(copy);
      logger.info('copy of another execution removed', { key: move.key, copy });
    }
  }
  const deleted = await deleteFiles(own, s3.client, bucket.name);
  const passedOver = copies.flatMap(({ outcome }) => (outcome === 'copied' ? [] : [outcome]));
  const taken = copied.slice(own.length).map(() => 'taken' as const);
  return [...passedOver, ...taken, ...deleted];
}

async function readGroup({ execution_id, outcome, group }: MoveInput, bucket: Bucket): Promise<MoveGroup> {
  const key = movesKey(execution_id, outcome, group);
  const found = await getJson(bucket, key, moveGroupSchema);
  if (!found) throw new MoveGroupMissingError(key);
  return found;
}
