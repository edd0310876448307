import { batchManifestKey } from '../domain/object-keys';
import { type BatchManifest, batchManifestSchema } from '../domain/workflow';
import type { Bucket } from './bucket';
import { getJson, putJson } from './json-object';

/** The batch's manifest does not exist, so the files of the execution are unknown. */
export class ManifestMissingError extends Error {
  override readonly name = 'ManifestMissingError';
  constructor(readonly key: string) {
    super(
      `${key} does not exist: the orchestrator writes it before it starts an execution; to process files, drop them into input/`,
    );
  }
}

/** @throws ManifestMissingError */
export async function readBatchManifest(bucket: Bucket, executionId: string): Promise<BatchManifest> {
  const key = batchManifestKey(executionId);
  const manifest = await getJson(bucket, key, batchManifestSchema);
  if (!manifest) throw new ManifestMissingError(key);
  return manifest;
}

export async function writeBatchManifest(bucket: Bucket, manifest: BatchManifest): Promise<void> {
  await putJson(bucket, batchManifestKey(manifest.execution_id), manifest);
}
