import type { Finding, LedgerItem, LedgerKey } from '../../domain/ledger';
import type { BatchFile } from '../../domain/workflow';

/**
 * The ledger of files, as its writers need it. Every write may come twice, late, or not at all: none takes back what says
 * more (`replaceable`), and each brings all that it knows, so that the last one makes up for those that never came.
 */
export interface Ledger {
  /** undefined: the pipeline was never told of this upload. */
  read(upload: LedgerKey): Promise<LedgerItem | undefined>;
  /** Those of them that the pipeline was told of, in any order; each is asked for once. */
  readAll(uploads: readonly LedgerKey[]): Promise<LedgerItem[]>;
  /** The newest upload of a key, before a time (ISO 8601, exclusive) where one is given. */
  latest(key: string, before?: string): Promise<LedgerItem | undefined>;
  /** By orchestrate, before it starts the execution: it has these files. */
  begin(executionId: string, files: readonly BatchFile[], at: Date): Promise<void>;
  /**
   * Once an execution failed, was cut off, or was never started: its files wait for another try, or are dead letters if
   * this was the last. Files that another execution has, or that were dealt with, are passed over.
   */
  release(executionId: string, files: readonly BatchFile[], reason: string, at: Date): Promise<void>;
  /** By settle, before it deletes the messages: what became of the files. */
  record(findings: readonly Finding[], at: Date): Promise<void>;
}
