/** The guided first run, for people and programs. This file contains only types. */

export interface SampleState {
  /** No file was ever processed, and none is waiting. */
  readonly is_empty: boolean;
  /** Whether events can be sent. */
  readonly has_entry_points: boolean;
  /** What of the sample was loaded; null if nothing. */
  readonly sample: {
    readonly orders: number;
    readonly events: number;
    /** Files or events are still on their way; the sample cannot be removed yet. */
    readonly is_loading: boolean;
  } | null;
}

export interface RemovedSample {
  /** Rows of the lake, histories included. */
  readonly rows: number;
  /** Objects in `archive/` and `rejected/`. */
  readonly objects: number;
}
