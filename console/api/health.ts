/** Types of the health page. Each part has its own request, so that a failing one does not hide the others. */

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
