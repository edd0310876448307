import { type LeaseOptions, LeaseTakenError, withLease } from '../../storage/lease';
import type { OrchestrateInput, OrchestrateOutcome } from './orchestrate';

/** How long the end of an execution waits for its turn. An orchestrator with an empty queue takes two seconds. */
const MAX_WAIT_MS = 60_000;

/**
 * Orchestrates while no other orchestrator does. A scheduled invocation does not wait, as there will be another; the end of an
 * execution waits, because it is announced once.
 * @throws LeaseTakenError if the end of an execution waited in vain: Lambda invokes again what failed
 */
export async function takeTurns(
  lease: LeaseOptions,
  { ended }: OrchestrateInput,
  orchestrate: () => Promise<OrchestrateOutcome>,
  maxWaitMs = MAX_WAIT_MS,
): Promise<OrchestrateOutcome> {
  try {
    return await withLease(lease, ended ? maxWaitMs : 0, orchestrate);
  } catch (error) {
    if (error instanceof LeaseTakenError && !ended) return { started: false, reason: 'busy' };
    throw error;
  }
}
