import { copySource, routingKey } from '../../domain/object-keys';
import type { Move, Routing, ValidatedFile } from '../../domain/workflow';
import type { Bucket } from '../../lake/bucket';

/** The state machine reads the object into its state, of which the service takes 256 KB and uses some for itself. */
export const MAX_ROUTING_BYTES = 128 * 1024;

/** The batch is too large for the state machine; smaller batches are the orchestrator's to make. */
export class RoutingTooLargeError extends Error {
  override readonly name = 'RoutingTooLargeError';
  constructor(
    readonly bytes: number,
    readonly files: number,
  ) {
    super(
      `the routing of ${files} files takes ${bytes} bytes, expected less than ${MAX_ROUTING_BYTES}: the batch's keys are too many or too long`,
    );
  }
}

/** Tells the state machine which files to move, and where. @throws RoutingTooLargeError */
export async function writeRouting(
  bucket: Bucket,
  executionId: string,
  files: readonly ValidatedFile[],
): Promise<void> {
  const moves = (outcome: ValidatedFile['outcome']): Move[] =>
    files
      .filter((file) => file.outcome === outcome)
      .map((file) => ({
        key: file.key,
        etag: `"${file.etag}"`,
        source: copySource(bucket.name, file.key),
        destination: file.destination ?? '',
      }));
  const valid = moves('valid');
  const duplicate = moves('duplicate');
  const invalid = moves('invalid');
  const routing: Routing = {
    execution_id: executionId,
    valid_count: valid.length,
    invalid_count: invalid.length,
    duplicate_count: duplicate.length,
    valid: [...valid, ...duplicate],
    invalid,
  };
  const body = JSON.stringify(routing);
  const bytes = Buffer.byteLength(body);
  if (bytes >= MAX_ROUTING_BYTES) throw new RoutingTooLargeError(bytes, files.length);
  await bucket.put(routingKey(executionId), body, 'application/json');
}
