import type { Execution } from './execution-store';

/** Times in milliseconds of the clock. */
interface Changes {
  started?: number;
  ended?: number;
}

/**
 * Delays what ListExecutions shows, which is eventually consistent on AWS: an execution that started is not listed until the
 * lag has passed, and one that ended is listed as RUNNING until then. After a restart the list is up to date.
 */
export class ListingLag {
  /** The changes of this process that the list may not show yet, by execution. */
  private readonly changes = new Map<string, Changes>();

  constructor(
    private readonly lagMs: number,
    private readonly clock: () => Date,
  ) {}

  /** An execution started or ended. */
  changed({ executionArn, status }: Execution): void {
    if (this.lagMs === 0) return;
    const now = this.clock().getTime();
    const known = this.changes.get(executionArn);
    this.changes.set(executionArn, status === 'RUNNING' ? { started: now } : { ...known, ended: now });
  }

  /** The execution as the list shows it; undefined: not yet. */
  listed(execution: Execution): Execution | undefined {
    const known = this.changes.get(execution.executionArn);
    if (!known) return execution;
    if (this.isHidden(known.started)) return undefined;
    if (this.isHidden(known.ended)) {
      const { executionArn, stateMachineArn, name, input, startDate } = execution;
      return { executionArn, stateMachineArn, name, input, startDate, status: 'RUNNING' };
    }
    if (known.ended !== undefined) this.changes.delete(execution.executionArn);
    return execution;
  }

  private isHidden(changedAt: number | undefined): boolean {
    return changedAt !== undefined && this.clock().getTime() - changedAt < this.lagMs;
  }
}
