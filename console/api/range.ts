/** Days of the reporting time zone, YYYY-MM-DD, both included. */
export interface Days {
  readonly from: string;
  readonly to: string;
}

/** Weeks begin on Mondays. */
export type Granularity = 'day' | 'week' | 'month' | 'year';

/** The last days of data, or all of them. */
export const PERIODS = ['7', '30', '90', '365', 'all'] as const;
export type Period = (typeof PERIODS)[number];

/** The days that a report is about. */
export interface DayRange {
  /** The requested days. */
  readonly days: Days;
  /** The same number of days directly before; null without data in them. */
  readonly before: Days | null;
  readonly granularity: Granularity;
  /** The possible values of `by`. */
  readonly granularities: readonly Granularity[];
  /** The granularity is the requested one. */
  readonly is_granularity_chosen: boolean;
  /** First and last day of all data. */
  readonly data: Days;
}

/** There is no data yet, so there are no days. */
export interface NoDays {
  readonly range: null;
}
