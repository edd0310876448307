import { type LeaseOptions, LeaseTakenError, withLease } from '../../storage/lease';
import type { OrchestrateInput, OrchestrateOutcome } from './orchestrate';

/** How long the end of an execution waits for its turn. An orchestrator with an empty queue takes two seconds. */
const PATIENCE_MS = 60_000;

/**
 * Orchestrates in turn with whoever else does. A call of the clock does not wait, as there will be another; the end of an
 * execution does, for it is told once.
 * @throws LeaseTakenError where the end of an execution waited in vain: Lambda calls again what failed
 */
export async function takeTurns(
  lease: LeaseOptions,
  { ended }: OrchestrateInput,
  orchestrate: () => Promise<OrchestrateOutcome>,
  patienceMs = PATIENCE_MS,
): Promise<OrchestrateOutcome> {
  try {
    return await withLease(lease, ended ? patienceMs : 0, orchestrate);
  } catch (error) {
    if (error instanceof LeaseTakenError && !ended) return { started: false, reason: 'busy' };
    throw error;
  }
}
