/** The receipt of a forgetting, as JSON. It does not name the person. Times are UTC. */

export interface ForgetReceipt {
  /** ISO 8601, like all times here. */
  readonly started_at: string;
  readonly finished_at: string;
  /** Nothing was changed: the numbers say what would be. */
  readonly dry_run: boolean;
  /** The rows were removed, and no longer count. */
  readonly recount: boolean;
  /** Where something of the person was found, and what became of it. */
  readonly places: readonly ForgottenPlace[];
  /** What still has the person until a retention ends, and when it is gone at the latest. */
  readonly retained: readonly RetainedPlace[];
  /** Objects that have, or may have, something of the person and are as they were. */
  readonly left: readonly LeftObject[];
  /** What the command does not reach. */
  readonly not_reached: readonly string[];
}

export type PlaceChange =
  | 'rows changed'
  | 'rows removed'
  | 'objects removed'
  | 'reasons changed'
  | 'items written'
  | 'items removed';

export interface ForgottenPlace {
  /** A table of the lake, DynamoDB or the warehouse, or the key of an object. */
  readonly place: string;
  readonly change: PlaceChange;
  readonly count: number;
}

export interface RetainedPlace {
  /** The key of an object, or a prefix of them that ends with a slash. */
  readonly place: string;
  readonly what: 'replaced data file' | 'log entries' | 'old version';
  /** The day by which it is gone, `2026-12-08`; null if nothing removes it. */
  readonly until: string | null;
}

export interface LeftObject {
  readonly key: string;
  readonly reason: string;
}
