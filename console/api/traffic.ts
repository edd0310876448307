import type { DayRange, Days } from './range';

/** The traffic of some days. Money, percent and seconds are exact decimals with two decimal places. */
export interface TrafficFigures {
  /** Days with a session. */
  readonly days: number;
  readonly sessions: number;
  readonly engaged_sessions: number;
  readonly purchases: number;
  readonly revenue: string;
  /**
   * Mean of the days with a session; null without one. Visitors of several days do not add up. Who comes from two origins on a day
   * counts in both.
   */
  readonly visitors_per_day: string | null;
  /** Sessions that are not engaged, in percent of all; null without a session. */
  readonly bounce_rate: string | null;
  /** Mean of all sessions; null without one. */
  readonly avg_duration_seconds: string | null;
}

/** In percent of the period before; null if a value is missing or was 0. The bounce rate is in percentage points. */
export interface TrafficChange {
  readonly sessions: string | null;
  readonly engaged_sessions: string | null;
  readonly purchases: string | null;
  readonly revenue: string | null;
  readonly visitors_per_day: string | null;
  readonly bounce_rate_points: string | null;
  readonly avg_duration_seconds: string | null;
}

/** One point of the charts. */
export interface TrafficBucket extends Days {
  readonly now: TrafficFigures;
  /** The corresponding days of the period before; null without one. */
  readonly before: TrafficFigures | null;
}

/** The values of the charts that add up. */
export type StackedMetric = 'sessions' | 'engaged_sessions' | 'purchases' | 'revenue';

/** A channel, or a source if a channel was chosen, per bucket. */
export interface TrafficStack {
  /** null for all others as one. */
  readonly name: string | null;
  readonly values: Readonly<Record<StackedMetric, readonly (string | number)[]>>;
}

/** GET /api/traffic */
export interface TrafficReport {
  readonly range: DayRange;
  /** All channels of the days, whichever is chosen. */
  readonly channels: readonly string[];
  readonly totals: TrafficFigures;
  readonly totals_before: TrafficFigures | null;
  readonly change: TrafficChange | null;
  /** In order, without gaps. */
  readonly buckets: readonly TrafficBucket[];
  /** The largest parts by sessions. */
  readonly stacks: readonly TrafficStack[];
  /** Number of all parts. */
  readonly parts: number;
}

/** What an origin is. */
export const ORIGIN_KINDS = ['channel', 'source', 'medium', 'all'] as const;
export type OriginKind = (typeof ORIGIN_KINDS)[number];

/** One origin over the requested days. */
export interface OriginFigures extends TrafficFigures {
  /** null if origins are not told apart by it. */
  readonly channel: string | null;
  readonly source: string | null;
  readonly medium: string | null;
  /** Sessions in the period before; null without one. */
  readonly sessions_before: number | null;
  /** Change of the sessions in percent; null without sessions before. */
  readonly change: string | null;
}

/** GET /api/traffic/origins */
export interface OriginReport {
  readonly range: DayRange;
  /** By sessions, descending; at most 1,000. */
  readonly origins: readonly OriginFigures[];
  /** Number of all origins. */
  readonly count: number;
}
