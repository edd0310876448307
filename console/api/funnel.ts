import type { DayRange, Days } from './range';

/** Sessions that reach each step. */
export interface FunnelSteps {
  readonly viewed: number;
  readonly carted: number;
  readonly checked_out: number;
  readonly purchased: number;
}

/** The funnel of some days. Rates are percent with two decimal places, null if the divisor is 0, and of all sessions together. */
export interface FunnelFigures {
  /** Days with a session. */
  readonly days: number;
  readonly sessions: number;
  /** Each step at or after the one before it, within the session. */
  readonly closed: FunnelSteps;
  /** Each step at any time of the session. */
  readonly open: FunnelSteps;
  /** Sessions with a purchase, in percent of all: the open funnel. */
  readonly conversion_rate: string | null;
  /** Sessions that went through all steps, in percent of all: the closed funnel. */
  readonly closed_rate: string | null;
  /** Of the closed funnel, each step in percent of the one before it; the first in percent of all sessions. */
  readonly view_rate: string | null;
  readonly cart_rate: string | null;
  readonly checkout_rate: string | null;
  readonly purchase_rate: string | null;
}

/** Sessions in percent of the period before, null if they were 0; rates in percentage points, null if one is missing. */
export interface FunnelChange {
  readonly sessions: string | null;
  readonly conversion_rate: string | null;
  readonly closed_rate: string | null;
  readonly view_rate: string | null;
  readonly cart_rate: string | null;
  readonly checkout_rate: string | null;
  readonly purchase_rate: string | null;
}

/** A step as a funnel is drawn: all sessions first, then the four steps. */
export interface FunnelLevel {
  readonly sessions: number;
  /** In percent of all sessions; null without one. */
  readonly of_all: string | null;
  /** In percent of the level above; null if that is 0, and for the first. An open funnel can have more than 100. */
  readonly of_previous: string | null;
  /** Sessions of the level above that did not come here; negative in an open funnel if more did; null for the first. */
  readonly lost: number | null;
}

/** One point of the chart. */
export interface FunnelBucket extends Days {
  readonly now: FunnelFigures;
  /** The corresponding days of the period before; null without one. */
  readonly before: FunnelFigures | null;
}

export interface ChannelFunnel extends FunnelFigures {
  readonly channel: string;
  /** In the period before; null without one, or without a session of the channel. */
  readonly conversion_before: string | null;
}

/** GET /api/funnel */
export interface FunnelReport {
  readonly range: DayRange;
  readonly totals: FunnelFigures;
  readonly totals_before: FunnelFigures | null;
  readonly change: FunnelChange | null;
  readonly levels: {
    readonly closed: readonly FunnelLevel[];
    readonly open: readonly FunnelLevel[];
  };
  /** In order, without gaps. */
  readonly buckets: readonly FunnelBucket[];
  /** All channels with a session in the days, whichever is chosen; by sessions, descending. */
  readonly channels: readonly ChannelFunnel[];
}
