/** How a deployment fares, as people and programs see it: shapes alone, without anything that reads them. Times are ISO 8601. */

export interface QueueHealth {
  /** Messages that nobody has received, or that came back. */
  readonly waiting: number;
  /** Messages that an execution holds. */
  readonly in_flight: number;
  /** Messages that were tried in vain. */
  readonly dead_letters: number;
  /** Calls of a schedule, or of the rule on executions, that could not be made. */
  readonly dead_calls: number;
  /** Of the oldest message, those of an execution among them; null where there is none, or nobody tells yet. */
  readonly oldest_seconds: number | null;
  /** `input`: there is no CloudWatch, so this is the age of the oldest file in input/ that is no dead letter. */
  readonly oldest_told_by: 'cloudwatch' | 'input';
}

/** The clock of `daybook local`, as its own process knows it. */
export interface LocalClock {
  /** Between looks at the queue; 0: there are none but those asked for. */
  readonly every_seconds: number;
  readonly started_at: string;
  /** The last look that ended; null before. */
  readonly last: { readonly at: string; readonly error: string | null } | null;
}

export interface ClockHealth {
  /** `cloudwatch`: a call of the orchestrator, by the clock or by the end of an execution. null: nobody can tell. */
  readonly told_by: 'scheduler' | 'cloudwatch' | null;
  /** null where nobody told of one. */
  readonly last_call: string | null;
  /** Why the last call failed; locally alone. */
  readonly error: string | null;
  /** Calls that failed within the last quarter of an hour; on AWS alone. */
  readonly errors: number | null;
  /** Between two calls; 0 where the clock is off. */
  readonly every_seconds: number;
}

export interface ExecutionsHealth {
  readonly running: { readonly name: string; readonly started_at: string } | null;
  /** The newest that has ended; null where none has. */
  readonly last: {
    readonly name: string;
    readonly status: string;
    readonly ended_at: string | null;
    /** Why it did not succeed. */
    readonly cause: string | null;
  } | null;
}

export interface MaintainedView {
  readonly table: string;
  readonly files_compacted: number;
  readonly files_written: number;
  readonly files_deleted: number;
  readonly bytes_deleted: number;
  readonly log_objects_deleted: number;
}

export interface MaintenanceHealth {
  readonly every_seconds: number;
  /** null where there has been none. */
  readonly last: {
    readonly started_at: string;
    readonly duration_ms: number;
    readonly status: 'succeeded' | 'failed';
    readonly cause: string | null;
    readonly tables: readonly MaintainedView[];
    readonly rows_deleted: number;
  } | null;
}

export interface ReconciliationHealth {
  /** When files were last announced whose message was lost, how many, and some of their keys; null where none ever was. */
  readonly last: { readonly at: string; readonly files: number; readonly keys: readonly string[] } | null;
}

export interface AlarmView {
  readonly name: string;
  /** What is wrong when it goes off. */
  readonly symptom: string;
  /** The anchor of a section of docs/runbook.md; null for an alarm of others. */
  readonly section: string | null;
  /** `not told`: CloudWatch has no data yet, or nobody looks at it here. */
  readonly state: 'ok' | 'alarm' | 'not told';
  /** Since when it is so, where that is known. */
  readonly since: string | null;
}

export interface AlarmsHealth {
  /** `here`: there is no CloudWatch, so the console holds what it sees against the template's thresholds. */
  readonly told_by: 'cloudwatch' | 'here';
  readonly alarms: readonly AlarmView[];
}
