/** Days of the reporting time zone, YYYY-MM-DD, both included. */
export interface Days {
  readonly from: string;
  readonly to: string;
}

/** Weeks begin on Mondays. */
export type Granularity = 'day' | 'week' | 'month' | 'year';

/** The last so many days of data, or all of them. */
export const PERIODS = ['7', '30', '90', '365', 'all'] as const;
export type Period = (typeof PERIODS)[number];

/** What the KPIs of some days come to. Money and percent are exact decimals with two digits after the point. */
export interface OrderFigures {
  /** Days with an order. */
  readonly days: number;
  readonly revenue: string;
  readonly orders: number;
  readonly items: number;
  /**
   * The mean of the customers of the days with an order: a customer of two days is one on each, so they do not add up. Of
   * one day: its customers.
   */
  readonly customers_per_day: string | null;
  /** Returned orders in percent of all; null without an order. */
  readonly return_rate: string | null;
  /** False where the day's rounded rates do not tell how many orders were returned, as with 10,000 orders and more. */
  readonly is_return_rate_exact: boolean;
}

/** In percent of the period before; null where that had none. The return rate's in percentage points. */
export interface OrderChange {
  readonly revenue: string | null;
  readonly orders: string | null;
  readonly items: string | null;
  readonly customers_per_day: string | null;
  readonly return_rate_points: string | null;
}

/** Which days are looked at. */
export interface KpiRange {
  /** Those that were asked for. */
  readonly days: Days;
  /** As many days before; null where no KPI is so old. */
  readonly before: Days | null;
  readonly granularity: Granularity;
  /** Those that may be asked for. */
  readonly granularities: readonly Granularity[];
  /** Finer ones are left out, as there would be more points than can be read. */
  readonly is_granularity_chosen: boolean;
  /** First and last day of all KPIs. */
  readonly data: Days;
}

/** One point of the charts. */
export interface OrderBucket extends Days {
  readonly now: OrderFigures;
  /** As many days earlier as the period is long; null without a period before. */
  readonly before: OrderFigures | null;
}

/** GET /api/kpis/orders */
export interface OrderReport {
  readonly range: KpiRange;
  readonly totals: OrderFigures;
  readonly totals_before: OrderFigures | null;
  readonly change: OrderChange | null;
  /** In order, without gaps. */
  readonly buckets: readonly OrderBucket[];
}

/** One category over the days that are looked at. */
export interface CategoryFigures {
  readonly category: string;
  /** Days with an item of it. */
  readonly days: number;
  readonly revenue: string;
  /** Of the revenue of all categories, in percent; null where there is none. */
  readonly share: string | null;
  /** Revenue by distinct order with an item of it. */
  readonly avg_order_value: string;
  /** Whether the days' rounded values tell how many orders they had. */
  readonly is_avg_order_value_exact: boolean;
  /** Returned items in percent. Over several days the mean of the days, by their orders, as days do not tell their items. */
  readonly return_rate: string;
  readonly is_return_rate_exact: boolean;
  /** Of the period before; null without one. */
  readonly revenue_before: string | null;
  /** In percent; null where it had no revenue before. */
  readonly change: string | null;
}

/** A rate in percent, and whether it is exact; null where nothing was sold. */
export type RateCell = readonly [rate: string, isExact: boolean] | null;

/** GET /api/kpis/categories */
export interface CategoryReport {
  readonly range: KpiRange;
  /** By revenue, the greatest first; a thousand at most. */
  readonly ranking: readonly CategoryFigures[];
  /** How many categories there are. */
  readonly count: number;
  readonly buckets: readonly Days[];
  /** Revenue of the greatest categories by bucket; `category` is null for all others together. */
  readonly stacks: readonly { readonly category: string | null; readonly revenue: readonly string[] }[];
  readonly heat: {
    /** `week`, or what is readable where there are too many. */
    readonly granularity: Granularity;
    readonly buckets: readonly Days[];
    /** In the order of the ranking, the first 50. */
    readonly rows: readonly { readonly category: string; readonly rates: readonly RateCell[] }[];
  };
}

/** There are no KPIs at all. */
export interface NoKpis {
  readonly range: null;
}

/** GET /api/kpis/days/{day} */
export interface DayKpis {
  readonly day: string;
  /** null on a day without an order. */
  readonly order: OrderFigures | null;
  /** By revenue, the greatest first; without a period before. */
  readonly categories: readonly CategoryFigures[];
}

/** A column of a day's KPIs, before a commit and after it; null where there was no such row. */
export interface DayValue {
  readonly column: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** A commit that changed a day's KPIs. */
export interface DayChange {
  /** The execution's name; null for a commit that does not say, or another writer's. */
  readonly execution: string | null;
  /** ISO 8601; null where the commit does not say. */
  readonly at: string | null;
  /** What became different in the day itself. */
  readonly values: readonly DayValue[];
  /** Categories of the day that came, went or became different. */
  readonly categories: readonly string[];
}

/** GET /api/kpis/days/{day}/changes */
export interface DayChanges {
  /** Newest first, the last five. */
  readonly changes: readonly DayChange[];
  /** The log was read back to its beginning, or to the day's fifth change; if not, there may be older ones. */
  readonly is_complete: boolean;
}
