/** The health of a deployment, for people and programs. This file contains only types. Times are ISO 8601. */

import type { SchemaChange } from '../../domain/schema-drift';
import type { EventDay, EventOrigin, RejectedReason } from '../events/views';
import type { WarehouseStatus } from '../warehouse/views';

export interface QueueHealth {
  /** Messages that can be received. */
  readonly waiting: number;
  /** Messages that an execution has received. */
  readonly in_flight: number;
  /** Messages that failed too often. */
  readonly dead_letters: number;
  /** Invocations by a schedule or the rule on executions that could not be delivered. */
  readonly failed_invocations: number;
  /** Age of the oldest message, in flight or not; null if there is none, or no data yet. */
  readonly oldest_seconds: number | null;
  /** `input`: without CloudWatch, the age of the oldest file in input/ that is not a dead letter. */
  readonly oldest_source: 'cloudwatch' | 'input';
}

/** The schedule of `daybook local`, known only to its own process. */
export interface LocalSchedule {
  /** Interval between orchestrator runs; 0: only on request. */
  readonly every_seconds: number;
  readonly started_at: string;
  /** The last run that ended; null before the first. */
  readonly last: { readonly at: string; readonly error: string | null } | null;
}

export interface ScheduleHealth {
  /** `cloudwatch`: covers invocations by the schedule and by the end of an execution. null: no data available. */
  readonly source: 'scheduler' | 'cloudwatch' | null;
  /** null if none is known. */
  readonly last_invocation: string | null;
  /** Why the last invocation failed; only in local mode. */
  readonly error: string | null;
  /** Failed invocations within the last 15 minutes; only on AWS. */
  readonly errors: number | null;
  /** Interval between two invocations; 0 if the schedule is off. */
  readonly every_seconds: number;
}

export interface ExecutionsHealth {
  readonly running: { readonly name: string; readonly started_at: string } | null;
  /** The latest execution that has ended; null if there is none. */
  readonly last: {
    readonly name: string;
    readonly status: string;
    readonly ended_at: string | null;
    /** Why it did not succeed. */
    readonly cause: string | null;
  } | null;
}

/** Columns that changed in files, newest first. */
export interface SchemaChangesHealth {
  readonly changes: readonly SchemaChange[];
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
  /** null before the first run. */
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
  /** When files with a lost message were last re-queued, how many, and some of their keys; null if never. */
  readonly last: { readonly at: string; readonly files: number; readonly keys: readonly string[] } | null;
}

export interface AlarmView {
  readonly name: string;
  /** What is wrong if the alarm is active. */
  readonly symptom: string;
  /** The anchor of a section of docs/runbook.md; null for an alarm that Daybook does not define. */
  readonly section: string | null;
  /** `no data`: CloudWatch has no data yet, or the alarm cannot be evaluated in local mode. */
  readonly state: 'ok' | 'alarm' | 'no data';
  /** When the state last changed, if known. */
  readonly since: string | null;
}

export interface AlarmsHealth {
  /** `here`: without CloudWatch, the console itself evaluates the alarms of the template. */
  readonly source: 'cloudwatch' | 'here';
  readonly alarms: readonly AlarmView[];
}

export interface OriginRate {
  readonly origin: EventOrigin;
  /** Events that it received in the last hour, in files that were processed. */
  readonly events_in_hour: number;
  readonly last_at: string;
}

export interface EventsHealth {
  /** null: the deployment has no entry points. `oldest_seconds`: null if the queue is empty, or without CloudWatch. */
  readonly queue: {
    readonly waiting: number;
    readonly in_flight: number;
    readonly oldest_seconds: number | null;
  } | null;
  /** Records that ingest could not write, or that are no text. */
  readonly dead_letters: number;
  /** How far ingest is behind in the stream; null without one, or without CloudWatch. */
  readonly iterator_age_seconds: number | null;
  readonly rates: readonly OriginRate[];
}

/** What was received in the last days, and why events were rejected. */
export interface ReceivedHealth {
  /** Newest first. */
  readonly days: readonly EventDay[];
  /** Most frequent first; of the newest files with rejected events. */
  readonly reasons: readonly RejectedReason[];
  /** True if there are more files with rejected events than were read. */
  readonly is_partial: boolean;
}

export interface WarehouseHealth {
  /** null: the deployment has no warehouse, or `status` was not asked for. */
  readonly status: WarehouseStatus | null;
  readonly has_warehouse: boolean;
}
