/** Shapes of the health page. Each part is asked by itself, so that one that cannot be told hides no other. */

export type {
  AlarmsHealth,
  AlarmView,
  ExecutionsHealth,
  MaintenanceHealth,
  QueueHealth,
  ReconciliationHealth,
  ScheduleHealth,
} from '../../operations/health/views';

/** GET /api/health/versions: what runs here and there. */
export interface Versions {
  /** Of Daybook, which serves the console. */
  readonly daybook: string;
  /** Of the same process. */
  readonly node: string;
  /** The state machine: a revision of its definition, and when it was made or changed, ISO 8601. */
  readonly state_machine: { readonly revision: string; readonly changed_at: string | null };
  readonly tables: readonly { readonly name: string; readonly version: number }[];
}

/** GET /api/health/runbook/{section}: a section of docs/runbook.md. */
export interface RunbookSection {
  readonly title: string;
  /** Markdown. */
  readonly text: string;
}
