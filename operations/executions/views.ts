import type { ExecutionCost } from '../../cost/execution-cost';
import type { ExecutionReport, ValidatedFile } from '../../domain/workflow';

/** Views of executions for the command line and the console's page. This file contains only types. */

/** A report with the cost of its usage; reports of early versions have none. */
export type PricedReport = ExecutionReport & { readonly cost?: ExecutionCost | undefined };

export const EXECUTION_STATUSES = ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] as const;
export type ExecutionStatus = (typeof EXECUTION_STATUSES)[number];

/** A page of Step Functions' list of executions, newest first; times in ISO 8601 UTC. */
export interface ExecutionPage {
  readonly executions: readonly ListedExecution[];
  /** Token of the next page, for the same limit and status; null on the last page. */
  readonly next: string | null;
}

export interface ListedExecution {
  readonly name: string;
  readonly status: string;
  readonly started: string;
  /** null while it is running. */
  readonly ended: string | null;
}

/** The result of DescribeExecution, with the report; times in ISO 8601 UTC. */
export interface DescribedExecution extends ListedExecution {
  /** JSON text. */
  readonly input: string | null;
  /** JSON text; only of an execution that succeeded. */
  readonly output: string | null;
  readonly error: string | null;
  readonly cause: string | null;
  /** null while it is running, if settle wrote no report, and after 90 days, when the result is deleted. */
  readonly report: PricedReport | null;
}

/** A file of a batch and its outcome. */
export interface ExecutionFile {
  readonly key: string;
  /** Bytes in S3; null if no longer known. */
  readonly size: number | null;
  readonly kind: string | null;
  /** The outcome of this execution's validation; `waiting` if it was not completed. */
  readonly found: ValidatedFile['outcome'] | 'waiting';
  /** Good rows; null until validation is done. */
  readonly rows: number | null;
  readonly bad_rows: number | null;
  readonly reason: string | null;
  /** The upload's current outcome in the ledger, from whichever execution; null if the ledger has no item. */
  readonly outcome: string | null;
  /** The last execution that processed it. */
  readonly execution: string | null;
  /** Its current key, if it was moved. */
  readonly destination: string | null;
}

/** A log line of a task or function. */
export interface LogLine {
  /** ISO 8601 UTC. */
  readonly at: string;
  /** INFO, WARN, ERROR...; null if the line has no level. */
  readonly level: string | null;
  /** The message, without the other fields. */
  readonly message: string;
  /** The other fields of a JSON line, as JSON text; null if there are none. */
  readonly fields: string | null;
}

export interface LogLines {
  readonly lines: readonly LogLine[];
  /** True if there are more lines; these are the first. */
  readonly truncated: boolean;
  /** null: the state writes no log. */
  readonly group: string | null;
}

/** The result of an orchestrator run. */
export interface OrchestratorRun {
  readonly started: boolean;
  /** The execution that was started. */
  readonly execution_id?: string | undefined;
  /** Why none was started: `running`, `empty`, `exists` or `busy`. */
  readonly reason?: string | undefined;
}
