import { movesKey, routingKey } from '../../domain/object-keys';
import {
  MOVE_GROUP_FILES,
  type Move,
  type MoveGroup,
  type MoveInput,
  type Routing,
  type ValidatedFile,
} from '../../domain/workflow';
import type { Bucket } from '../../storage/bucket';
import { chunksOf, inParallel } from '../../storage/parallel';

const MAX_WRITES = 8;

/**
 * Writes the routing for the state machine: the groups of files to move, and the number of files to stage. Each group is its
 * own object, so that the execution's state stays small. The routing is written last, so that everything it names exists.
 */
export async function writeRouting(
  bucket: Bucket,
  executionId: string,
  files: readonly ValidatedFile[],
): Promise<void> {
  const moves = (outcome: ValidatedFile['outcome']): Move[] =>
    files
      .filter((file) => file.outcome === outcome)
      .map(({ key, etag, bytes, uploaded_at, destination = '' }) => ({
        key,
        etag,
        size: bytes,
        uploaded_at,
        destination,
      }));
  const writeGroups = (outcome: MoveInput['outcome'], all: readonly Move[]): Promise<number[]> =>
    inParallel(MAX_WRITES, chunksOf(all, MOVE_GROUP_FILES), async (moves, group) => {
      const body: MoveGroup = { execution_id: executionId, moves };
      await bucket.put(movesKey(executionId, outcome, group), JSON.stringify(body), 'application/json');
      return group;
    });
  const valid = moves('valid');
  const duplicate = moves('duplicate');
  const invalid = moves('invalid');
  const routing: Routing = {
    execution_id: executionId,
    valid_count: valid.length,
    invalid_count: invalid.length,
    duplicate_count: duplicate.length,
    valid: await writeGroups('valid', [...valid, ...duplicate]),
    invalid: await writeGroups('invalid', invalid),
  };
  await bucket.put(routingKey(executionId), JSON.stringify(routing), 'application/json');
}
