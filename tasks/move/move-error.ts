import type { Move } from '../../domain/workflow';

/** S3 did not move a file that should be there. */
export class MoveError extends Error {
  override readonly name = 'MoveError';
  constructor(
    readonly move: Pick<Move, 'key' | 'destination'>,
    override readonly cause: unknown,
  ) {
    const why = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    super(`${move.key} to ${move.destination}: ${why}`);
  }
}
