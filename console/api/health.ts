/** Types of the health page. A part that fails does not hide the others. */

import type {
  AlarmsHealth,
  ExecutionsHealth,
  MaintenanceHealth,
  QueueHealth,
  ReconciliationHealth,
  ScheduleHealth,
  SchemaChangesHealth,
} from '../../operations/health/views';

export type { EventDay, KeptReason, RedrivenEvents } from '../../operations/events/views';
export type {
  AlarmsHealth,
  AlarmView,
  EventsHealth,
  ExecutionsHealth,
  MaintenanceHealth,
  OriginRate,
  QueueHealth,
  ReceivedHealth,
  ReconciliationHealth,
  ScheduleHealth,
  SchemaChangesHealth,
  WarehouseHealth,
} from '../../operations/health/views';
export type { WarehouseVerification } from '../../operations/warehouse/views';

/** GET /api/health: the parts that are read in a moment, in one request, as browsers have six at a time. */
export interface HealthParts {
  readonly queues: QueueHealth;
  readonly schedule: ScheduleHealth;
  readonly executions: ExecutionsHealth;
  readonly maintenance: MaintenanceHealth;
  readonly reconciliation: ReconciliationHealth;
  readonly schema_changes: SchemaChangesHealth;
  readonly alarms: AlarmsHealth;
}

/** What was read of each part, or why it could not be read. */
export type HealthAnswer = {
  readonly [Name in keyof HealthParts]: { readonly value: HealthParts[Name] } | { readonly error: string };
};

/** GET /api/health/versions: the deployed versions. */
export interface Versions {
  /** The version of Daybook that serves the console. */
  readonly daybook: string;
  /** The version of Node.js in that process. */
  readonly node: string;
  /** The revision of the state machine's definition, and when it was created or changed, ISO 8601. */
  readonly state_machine: { readonly revision: string; readonly changed_at: string | null };
  readonly tables: readonly { readonly name: string; readonly version: number }[];
}

/** GET /api/health/runbook/{section}: a section of docs/runbook.md. */
export interface RunbookSection {
  readonly title: string;
  /** Markdown. */
  readonly text: string;
}
