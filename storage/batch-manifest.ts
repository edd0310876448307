import { batchManifestKey } from '../domain/object-keys';
import { type BatchManifest, batchManifestSchema } from '../domain/workflow';
import type { Bucket } from './bucket';

/** The batch's manifest does not exist, so the files of the execution are unknown. */
export class ManifestMissingError extends Error {
  override readonly name = 'ManifestMissingError';
  constructor(readonly key: string) {
    super(
      `${key} is not there: executions are started by the orchestrator, which writes it first; to process files, drop them into input/`,
    );
  }
}

/** @throws ManifestMissingError */
export async function readBatchManifest(bucket: Bucket, executionId: string): Promise<BatchManifest> {
  const key = batchManifestKey(executionId);
  const body = await bucket.get(key);
  if (!body) throw new ManifestMissingError(key);
  return batchManifestSchema.parse(JSON.parse(new TextDecoder().decode(body)));
}

export async function writeBatchManifest(bucket: Bucket, manifest: BatchManifest): Promise<void> {
  await bucket.put(
    batchManifestKey(manifest.execution_id),
    `${JSON.stringify(manifest, null, 2)}\n`,
    'application/json',
  );
}
