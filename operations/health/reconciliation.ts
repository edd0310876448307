import { RECONCILED_FILES } from '../../domain/object-keys';
import { reconciledSchema } from '../../domain/workflow';
import type { Bucket } from '../../storage/bucket';
import { getJson } from '../../storage/json-object';
import type { ReconciliationHealth } from './views';

/** The files without a message that the orchestrator last found in input/. */
export async function readReconciliationHealth(bucket: Bucket): Promise<ReconciliationHealth> {
  return { last: (await getJson(bucket, RECONCILED_FILES, reconciledSchema)) ?? null };
}
