/** What happened on a day, or until a time of it. Amounts and percent are exact decimals; null: no data. */
export interface DayFigures {
  readonly revenue: string | null;
  readonly orders: number | null;
  /** Distinct. */
  readonly visitors: number | null;
  /** Sessions with a purchase in percent of all; null without a session. */
  readonly conversion: string | null;
  /** By events, which are known sooner than files of orders. */
  readonly purchases: number | null;
}

/** In percent; of the conversion in percentage points. null if a value is missing, or the one before is 0. */
export type DayChange = Readonly<Record<keyof DayFigures, string | null>>;

export interface DayComparison {
  /** A day before, the same weekday of the week before, or the day before until the same time. */
  readonly with: 'day_before' | 'week_before' | 'until';
  readonly day: string;
  /** ISO 8601, UTC; null for the whole day. */
  readonly until: string | null;
  readonly figures: DayFigures;
  /** null if a day that is not over would be compared with a whole one. */
  readonly change: DayChange | null;
}

export interface HomeDay {
  /** YYYY-MM-DD in the reporting time zone. */
  readonly day: string;
  readonly figures: DayFigures;
  readonly comparisons: readonly DayComparison[];
}

/** GET /api/home */
export interface HomeReport {
  /** Today in the reporting time zone, YYYY-MM-DD. */
  readonly today: string;
  /** The newest day with data and the day before it, the newest first; empty without data. */
  readonly days: readonly HomeDay[];
  /** True if there is data of days after today, which is not shown. */
  readonly has_later_days: boolean;
}
