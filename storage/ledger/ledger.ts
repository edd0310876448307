import type { Finding, LedgerItem, LedgerKey } from '../../domain/ledger';
import type { BatchFile } from '../../domain/workflow';

/**
 * The ledger of files, as its writers need it. Every write may arrive twice, late, or not at all: none overwrites a later
 * state (`replaceable`), and each writes everything it knows, so that the last one makes up for those that were lost.
 */
export interface Ledger {
  /** undefined: the pipeline has not received this upload. */
  read(upload: LedgerKey): Promise<LedgerItem | undefined>;
  /** Those that the pipeline has received, in any order, without duplicates. */
  readAll(uploads: readonly LedgerKey[]): Promise<LedgerItem[]>;
  /** The newest upload of a key, before a time (ISO 8601, exclusive) where one is given. */
  latest(key: string, before?: string): Promise<LedgerItem | undefined>;
  /** Written by orchestrate before it starts the execution of these files. */
  begin(executionId: string, files: readonly BatchFile[], at: Date): Promise<void>;
  /**
   * Once an execution failed, was cut off, or was never started: its files wait for another try, or are dead letters if
   * this was the last. Files that another execution has, or that were dealt with, are passed over.
   */
  release(executionId: string, files: readonly BatchFile[], reason: string, at: Date): Promise<void>;
  /** Written by settle before it deletes the messages: the outcome of each file. */
  record(findings: readonly Finding[], at: Date): Promise<void>;
}
