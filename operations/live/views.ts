/** What the live view shows, as JSON. Times are UTC. */

export interface LiveNumbers {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly windows: readonly LiveWindow[];
  /** The last 60 minutes, the oldest first; the last one is not over. */
  readonly minutes: readonly LiveMinute[];
  readonly received: LiveCounts;
}

/** Numbers of events of people that happened in the last minutes. */
export interface LiveWindow extends LiveSales {
  /** 5, 60 or 1,440. */
  readonly minutes: number;
  readonly events: number;
  /** Distinct visitors; an event without a client and a user has none. */
  readonly visitors: number;
  readonly funnel: LiveFunnel;
  /** At most ten, by their views. */
  readonly top_products: readonly LiveProduct[];
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

export interface LiveMinute extends LiveSales {
  /** Its start, ISO 8601 in UTC. */
  readonly minute: string;
  readonly events: number;
  readonly visitors: number;
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
