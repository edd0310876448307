/**
 * - GET `executions?status&limit&token`: {@link ExecutionPage}
 * - POST `executions/reports` {@link ReportsRequest}: {@link Reports}
 * - GET `executions/NAME`: {@link DescribedExecution}
 * - GET `executions/NAME/history?after=ID&run=NESTED`: {@link History}, of the nested execution if one is named
 * - GET `executions/NAME/definition`: the definition in Amazon States Language
 * - GET `executions/NAME/files`: {@link ExecutionFile}[]
 * - GET `executions/NAME/logs?state&from&to&run=NESTED`: {@link LogLines}
 * - POST `executions/orchestrate`: {@link OrchestratorRun}
 * - POST `executions/NAME/stop` {@link StopRequest}
 * - POST `executions/NAME/replay`: {@link Replayed}
 */

import type { ExecutionEvent } from '../../domain/execution-history';

export {
  type DescribedExecution,
  EXECUTION_STATUSES,
  type ExecutionFile,
  type ExecutionPage,
  type ExecutionStatus,
  type ListedExecution,
  type LogLine,
  type LogLines,
  type OrchestratorRun,
} from '../../operations/executions/views';
export type { ExecutionEvent };

/** Maximum number of names in a request for reports. */
export const MAX_REPORTS = 50;

export interface ReportsRequest {
  readonly names: readonly string[];
}

/** The values of a row in the list; null if unknown. */
export interface ReportLine {
  readonly name: string;
  readonly status: string;
  /** ISO 8601 UTC; null while it runs. */
  readonly ended: string | null;
  readonly files: number | null;
  /** Accepted rows. */
  readonly rows: number | null;
  readonly bad_rows: number | null;
  /** US dollars at list price. */
  readonly dollars: number | null;
}

export interface Reports {
  /** Reports of the executions that exist, in any order. */
  readonly reports: readonly ReportLine[];
}

export interface History {
  /** Events after the requested id, in the order of their ids. */
  readonly events: readonly ExecutionEvent[];
}

export interface StopRequest {
  readonly reason: string;
}

export interface Replayed {
  /** Files put back into `input/`. */
  readonly replayed: number;
  /** Files skipped because their key in `input/` is occupied. */
  readonly left: number;
}
