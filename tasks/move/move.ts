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

/** Files to copy and then delete by one request. A run that dies in between repeats as many. */
const CHUNK_FILES = 100;

/** Concurrent chunks, and concurrent copies of each: 32 connections. */
const CHUNKS = 4;
const COPIES = 8;

export interface MoveDeps {
  readonly bucket: Bucket;
  readonly s3: Pick<CopyDeps, 'client' | 'maxBytesPerRequest'>;
  readonly ledger: Pick<Ledger, 'readAll'>;
  readonly logger: TaskLogger;
}

/** The group was never written, or belongs to another execution. */
export class MoveGroupMissingError extends Error {
  override readonly name = 'MoveGroupMissingError';
  constructor(readonly key: string) {
    super(`${key} does not exist: validate writes it before the state machine starts the move`);
  }
}

/**
 * Moves the files of a group to their destinations. Safe to run again after any failure: until a file is deleted, all of it can
 * be repeated. Afterwards it is gone and ignored, as is a file that a newer upload replaced. A file that another execution has
 * now is left to that execution.
 * @throws MoveGroupMissingError; MoveError for the first file that S3 did not move, once the running moves have ended
 */
export async function run(input: MoveInput, deps: MoveDeps): Promise<MoveResult> {
  const { execution_id, moves } = await readGroup(input, deps.bucket);
  const chunks = chunksOf(moves, CHUNK_FILES);
  const outcomes = (await inParallel(CHUNKS, chunks, (chunk) => moveChunk(execution_id, chunk, deps))).flat();
  const count = (wanted: Outcome) => outcomes.filter((one) => one === wanted).length;
  const counts = {
    moved: count('moved'),
    gone: count('gone'),
    replaced: count('replaced'),
    taken: count('taken'),
  };
  deps.logger.info('group moved', { outcome: input.outcome, group: input.group, counts });
  return counts;
}

type Outcome = Deleted | 'taken';

/** A newer upload may replace a file after the copy: the copy stays, because the loaded rows are from it. */
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
    // The execution that has the file removes our copy if it makes its own later.
    const unwanted = isTaken ? others.slice(0, 1).map(() => move.destination) : others;
    // Before the file itself is deleted, so that the next run repeats this after a crash here.
    for (const copy of unwanted) {
      await bucket.delete(copy);
      logger.info('copy of another execution removed', { key: move.key, copy });
    }
  }
  const deleted = await deleteFiles(own, s3.client, bucket.name);
  const ignored = copies.flatMap(({ outcome }) => (outcome === 'copied' ? [] : [outcome]));
  const taken = copied.slice(own.length).map(() => 'taken' as const);
  return [...ignored, ...taken, ...deleted];
}

async function readGroup({ execution_id, outcome, group }: MoveInput, bucket: Bucket): Promise<MoveGroup> {
  const key = movesKey(execution_id, outcome, group);
  const found = await getJson(bucket, key, moveGroupSchema);
  if (!found) throw new MoveGroupMissingError(key);
  return found;
}
