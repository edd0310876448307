import type { ValidatedFile } from '../../domain/workflow';
import type { PricedReport } from './report';

/** What is told of executions, to the command line as to the console's page: types alone. */

export const EXECUTION_STATUSES = ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] as const;
export type ExecutionStatus = (typeof EXECUTION_STATUSES)[number];

/** A page of the service's list, newest first; times in ISO 8601 UTC. */
export interface ExecutionPage {
  readonly executions: readonly ListedExecution[];
  /** Of the next page, asked for with the same limit and status; null at the end. */
  readonly next: string | null;
}

export interface ListedExecution {
  readonly name: string;
  readonly status: string;
  readonly started: string;
  /** null while it runs. */
  readonly ended: string | null;
}

/** What DescribeExecution tells of one, and its report; times in ISO 8601 UTC. */
export interface DescribedExecution extends ListedExecution {
  /** JSON text. */
  readonly input: string | null;
  /** JSON text, of one that succeeded. */
  readonly output: string | null;
  readonly error: string | null;
  readonly cause: string | null;
  /** null while it runs, and where settle never came to write one, or its result has gone (after 90 days). */
  readonly report: PricedReport | null;
}

/** One event of a history; `details` are what AWS has in the field that is named after the type. */
export interface ExecutionEvent {
  readonly id: number;
  /** The event before it in its branch; 0 for the first. */
  readonly previous: number;
  readonly type: string;
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** A file of a batch, and what became of it. */
export interface ExecutionFile {
  readonly key: string;
  /** Bytes as it lay in S3; null where it is not known any more. */
  readonly size: number | null;
  readonly kind: string | null;
  /** What this execution's validation found; `waiting` where it never got through it. */
  readonly found: ValidatedFile['outcome'] | 'waiting';
  /** Good rows; null until validation is through. */
  readonly rows: number | null;
  readonly bad_rows: number | null;
  readonly reason: string | null;
  /** What the ledger says of the upload now, whichever execution dealt with it; null where it knows nothing. */
  readonly outcome: string | null;
  /** The execution that had it last. */
  readonly execution: string | null;
  /** Where it lies now, if it was moved. */
  readonly destination: string | null;
}

/** A line that a task or function wrote. */
export interface LogLine {
  /** ISO 8601 UTC. */
  readonly at: string;
  /** INFO, WARN, ERROR...; null where the line does not say. */
  readonly level: string | null;
  /** The line's own words, without what the other fields say. */
  readonly message: string;
  /** The rest of a line in JSON, as JSON text; null where there is none. */
  readonly fields: string | null;
}

export interface LogLines {
  readonly lines: readonly LogLine[];
  /** There are more than these, the first of their time. */
  readonly truncated: boolean;
  /** null: the state writes no log. */
  readonly group: string | null;
}

/** What the orchestrator did. */
export interface OrchestratorRun {
  readonly started: boolean;
  /** The execution that was started. */
  readonly execution_id?: string | undefined;
  /** Why none was: `running`, `empty`, `exists` or `busy`. */
  readonly reason?: string | undefined;
}
