import { RECONCILED_FILES } from '../../domain/object-keys';
import { reconciledSchema } from '../../domain/workflow';
import type { Bucket } from '../../storage/bucket';
import type { ReconciliationHealth } from './views';

/** What the orchestrator last found in input/ that no message was about. */
export async function readReconciliationHealth(bucket: Bucket): Promise<ReconciliationHealth> {
  const body = await bucket.get(RECONCILED_FILES);
  return { last: body ? reconciledSchema.parse(JSON.parse(new TextDecoder().decode(body))) : null };
}
