/** What the live view shows, as JSON. Times are UTC. */

/** Minutes of the windows that end now. */
export const LIVE_MINUTES = [5, 60, 1440] as const;
export type LiveMinutes = (typeof LIVE_MINUTES)[number];

export interface LiveNumbers {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** One per {@link LIVE_MINUTES}. */
  readonly windows: readonly LiveWindow[];
  /** The last 60 minutes, the oldest first; the last one is not over. */
  readonly minutes: readonly LiveMinute[];
  readonly received: LiveCounts;
}

/** Numbers of events of people that happened in the last minutes. */
export interface LiveWindow extends LiveSales {
  readonly minutes: LiveMinutes;
  readonly events: number;
  /** Distinct visitors; an event without a client and a user has none. */
  readonly visitors: number;
  readonly funnel: LiveFunnel;
  /** At most ten, by their views. */
  readonly top_products: readonly LiveProduct[];
}

/** A window with how it went in time, and where its visitors came from. */
export interface LiveRange extends LiveWindow {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Distinct visitors of the last five minutes. */
  readonly active_visitors: number;
  /** Events of programs, which no other number includes. */
  readonly bots: number;
  /** At most ten, by their visitors. */
  readonly top_origins: readonly LiveOrigin[];
  /** Length of a bucket in seconds: 10, 60 or 900. */
  readonly bucket_seconds: number;
  /** The oldest first; the last one is not over. */
  readonly buckets: readonly LiveBucket[];
  /** The names with most events in the buckets, at most seven, then null for all others if there are any. */
  readonly names: readonly (string | null)[];
}

/** Distinct visitors who took the step in the window, whatever they did before. */
export interface LiveFunnel {
  readonly viewed: number;
  readonly carted: number;
  readonly checked_out: number;
  readonly purchased: number;
}

export interface LiveSales {
  /** A repeated purchase of a transaction counts once, the earliest. */
  readonly purchases: number;
  readonly revenue: readonly LiveAmount[];
}

export interface LiveAmount {
  /** ISO 4217; null if the purchases name none. */
  readonly currency: string | null;
  /** Exact, with four decimal places. */
  readonly amount: string;
}

export interface LiveProduct {
  readonly product_id: string;
  /** The latest. */
  readonly name: string | null;
  readonly views: number;
  readonly carts: number;
  /** Pieces. */
  readonly sold: number;
}

/** The first origin of a visitor in the window that is not direct, or `Direct`. */
export interface LiveOrigin {
  /** null: the sum of origins beyond the 10,000 that are told apart. */
  readonly channel: string | null;
  readonly source: string;
  readonly medium: string;
  readonly visitors: number;
  readonly purchases: number;
}

export interface LiveMinute extends LiveSales {
  /** Its start, ISO 8601 in UTC. */
  readonly minute: string;
  readonly events: number;
  readonly visitors: number;
}

export interface LiveBucket extends LiveSales {
  /** ISO 8601, UTC. */
  readonly start: string;
  /** In the order of `names`. */
  readonly events: readonly number[];
}

/** What has been read since the view was opened: `lines` is the sum of the others but `files` and `unreadable_files`. */
export interface LiveCounts {
  readonly files: number;
  /** Files that are no gzip, or cut off. */
  readonly unreadable_files: number;
  readonly lines: number;
  /** Distinct events of people; some may be older than 24 hours. */
  readonly events: number;
  readonly duplicates: number;
  readonly bots: number;
  readonly rejected: number;
}

/** An event of a person as it arrived, and the rows that it becomes. */
export interface LatestEvent {
  /** Counts the lines that were read; identifies the event while the view is open. */
  readonly number: number;
  /** ISO 8601, UTC. */
  readonly received_at: string;
  /** Its line in the raw file, at most 10,000 characters; null if the deployment pseudonymizes values of events. */
  readonly raw: string | null;
  /** True if the rest of the line was cut off. */
  readonly is_cut: boolean;
  /** The row of `events`, without its null values. */
  readonly row: Readonly<Record<string, string>>;
  /** The rows of `event_items`, likewise; at most 20. */
  readonly items: readonly Readonly<Record<string, string>>[];
}
