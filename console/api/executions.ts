/**
 * - GET `executions?status&limit&token`: {@link ExecutionPage}
 * - POST `executions/reports` {@link ReportsRequest}: {@link Reports}
 * - GET `executions/NAME`: {@link DescribedExecution}
 * - GET `executions/NAME/history?after=ID&run=NESTED`: {@link History}, of a nested execution where one is named
 * - GET `executions/NAME/definition`: the definition in Amazon States Language
 * - GET `executions/NAME/files`: {@link ExecutionFile}[]
 * - GET `executions/NAME/logs?state&from&to&run=NESTED`: {@link LogLines}
 * - POST `executions/orchestrate`: {@link OrchestratorRun}
 * - POST `executions/NAME/stop` {@link StopRequest}
 * - POST `executions/NAME/replay`: {@link Replayed}
 */

import type { ExecutionEvent } from '../../operations/executions/views';

export {
  type DescribedExecution,
  EXECUTION_STATUSES,
  type ExecutionEvent,
  type ExecutionFile,
  type ExecutionPage,
  type ExecutionStatus,
  type ListedExecution,
  type LogLine,
  type LogLines,
  type OrchestratorRun,
} from '../../operations/executions/views';

/** Names of executions in a request for their reports, at most. */
export const MOST_REPORTS = 50;

export interface ReportsRequest {
  readonly names: readonly string[];
}

/** What a row of the list tells of an execution; null where it is not known, or not yet. */
export interface ReportLine {
  readonly name: string;
  readonly status: string;
  /** ISO 8601 UTC; null while it runs. */
  readonly ended: string | null;
  readonly files: number | null;
  /** Good rows, and bad ones. */
  readonly rows: number | null;
  readonly bad_rows: number | null;
  /** US dollars at list price. */
  readonly dollars: number | null;
}

export interface Reports {
  /** Of those that there are; in any order. */
  readonly reports: readonly ReportLine[];
}

export interface History {
  /** In the order of their ids, those after the one that was asked for. */
  readonly events: readonly ExecutionEvent[];
}

export interface StopRequest {
  readonly reason: string;
}

export interface Replayed {
  /** Files put back into `input/`. */
  readonly replayed: number;
  /** Files left alone, as something lies below `input/` under their key. */
  readonly left: number;
}
