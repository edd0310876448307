import type { DayRange, Days, Granularity } from './range';

/** The KPIs of some days. Money and percent are exact decimals with two decimal places. */
export interface OrderFigures {
  /** Days with an order. */
  readonly days: number;
  readonly revenue: string;
  readonly orders: number;
  readonly items: number;
  /** Mean of `unique_customers` of the days with an order: daily customers do not add up. */
  readonly customers_per_day: string | null;
  /** Returned orders in percent of all; null without an order, or while a day lacks `returned_orders`. */
  readonly return_rate: string | null;
}

/** In percent of the period before; null if a value is missing or was 0. The return rate is in percentage points. */
export interface OrderChange {
  readonly revenue: string | null;
  readonly orders: string | null;
  readonly items: string | null;
  readonly customers_per_day: string | null;
  readonly return_rate_points: string | null;
}

/** One point of the charts. */
export interface OrderBucket extends Days {
  readonly now: OrderFigures;
  /** The corresponding days of the period before; null without one. */
  readonly before: OrderFigures | null;
}

/** GET /api/kpis/orders */
export interface OrderReport {
  readonly range: DayRange;
  readonly totals: OrderFigures;
  readonly totals_before: OrderFigures | null;
  readonly change: OrderChange | null;
  /** In order, without gaps. */
  readonly buckets: readonly OrderBucket[];
}

/** One category over the requested days. */
export interface CategoryFigures {
  readonly category: string;
  readonly revenue: string;
  /** In percent of the revenue of all categories; null if that is 0. */
  readonly share: string | null;
  /** Revenue per distinct order with an item of the category; null while a day lacks `orders`. */
  readonly avg_order_value: string | null;
  /** Returned items in percent of all; null while a day lacks `items` and `returned_items`. */
  readonly return_rate: string | null;
  /** In the period before; null without one. */
  readonly revenue_before: string | null;
  /** In percent; null without revenue before. */
  readonly change: string | null;
}

/** GET /api/kpis/categories */
export interface CategoryReport {
  readonly range: DayRange;
  /** By revenue, descending; at most 1,000. */
  readonly ranking: readonly CategoryFigures[];
  /** Number of all categories. */
  readonly count: number;
  readonly buckets: readonly Days[];
  /** Revenue of the largest categories per bucket; `category` is null for the sum of all others. */
  readonly stacks: readonly { readonly category: string | null; readonly revenue: readonly string[] }[];
  readonly heat: {
    /** `week`, or coarser if that would be too many columns. */
    readonly granularity: Granularity;
    readonly buckets: readonly Days[];
    /** Return rates per bucket, null for no data; the first 50 categories of the ranking. */
    readonly rows: readonly { readonly category: string; readonly rates: readonly (string | null)[] }[];
  };
}

/** GET /api/kpis/days/{day} */
export interface DayKpis {
  readonly day: string;
  /** null on a day without an order. */
  readonly order: OrderFigures | null;
  /** By revenue, descending; without a period before. */
  readonly categories: readonly CategoryFigures[];
}

/** A column of a day's KPIs before and after a commit; null without a value. */
export interface DayValue {
  readonly column: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** A commit that changed a day's KPIs. */
export interface DayChange {
  /** Name of the execution; null if the commit has none, or another writer made it. */
  readonly execution: string | null;
  /** ISO 8601; null if the commit has no time. */
  readonly at: string | null;
  /** Changed columns of the day itself. */
  readonly values: readonly DayValue[];
  /** Categories with a new, deleted or changed row on this day. */
  readonly categories: readonly string[];
}

/** GET /api/kpis/days/{day}/changes */
export interface DayChanges {
  /** Newest first, at most five. */
  readonly changes: readonly DayChange[];
  /** The log was read back to its beginning, or to the fifth change; otherwise there can be older changes. */
  readonly is_complete: boolean;
}
