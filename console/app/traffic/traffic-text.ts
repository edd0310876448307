/** Names and formats of the figures of traffic, shared by all parts of the page. */

import type { OriginKind, StackedMetric, TrafficChange, TrafficFigures } from '../../api/traffic';
import { rateText } from '../range/figure-text';
import type { Metric } from '../range/metric';
import { formatCount, formatDecimal, formatDuration } from '../shared/format';

export interface TrafficMetric extends Metric<TrafficFigures, TrafficChange> {
  /** Its sums over time are stacked; without, it is a line. */
  readonly stacked?: StackedMetric;
  /** Format of the line's axis, if not that of the kind of value. */
  readonly axisFormat?: (value: number) => string;
}

export const METRICS: readonly TrafficMetric[] = [
  {
    id: 'sessions',
    name: 'Sessions',
    value: ({ sessions }) => sessions,
    format: ({ sessions }) => formatCount(sessions),
    change: ({ sessions }) => sessions,
    stacked: 'sessions',
  },
  {
    id: 'visitors',
    name: 'Visitors per day',
    shortName: 'Visitors',
    value: ({ visitors_per_day }) => visitors_per_day,
    format: ({ visitors_per_day, days }) => meanText(visitors_per_day, days),
    change: ({ visitors_per_day }) => visitors_per_day,
    wideOnly: true,
  },
  {
    id: 'engaged',
    name: 'Engaged sessions',
    shortName: 'Engaged',
    value: ({ engaged_sessions }) => engaged_sessions,
    format: ({ engaged_sessions }) => formatCount(engaged_sessions),
    change: ({ engaged_sessions }) => engaged_sessions,
    stacked: 'engaged_sessions',
    wideOnly: true,
  },
  {
    id: 'bounces',
    name: 'Bounce rate',
    shortName: 'Bounces',
    value: ({ bounce_rate }) => bounce_rate,
    format: ({ bounce_rate, sessions }) => (sessions === 0 ? '–' : rateText(bounce_rate)),
    change: ({ bounce_rate_points }) => bounce_rate_points,
    inPoints: true,
    isLowerBetter: true,
  },
  {
    id: 'duration',
    name: 'Average duration',
    shortName: 'Duration',
    value: ({ avg_duration_seconds }) => avg_duration_seconds,
    format: ({ avg_duration_seconds }) => secondsText(avg_duration_seconds),
    change: ({ avg_duration_seconds }) => avg_duration_seconds,
    axisFormat: (seconds) => formatDuration(seconds * 1000),
    wideOnly: true,
  },
  {
    id: 'purchases',
    name: 'Purchases',
    value: ({ purchases }) => purchases,
    format: ({ purchases }) => formatCount(purchases),
    change: ({ purchases }) => purchases,
    stacked: 'purchases',
  },
  {
    id: 'revenue',
    name: 'Revenue',
    value: ({ revenue }) => revenue,
    format: ({ revenue }) => formatDecimal(revenue),
    change: ({ revenue }) => revenue,
    stacked: 'revenue',
  },
];

/** Formats of the values that are stacked. */
export const STACK_FORMATS: Readonly<Record<StackedMetric, (value: string | number) => string>> = {
  sessions: (value) => formatCount(Number(value)),
  engaged_sessions: (value) => formatCount(Number(value)),
  purchases: (value) => formatCount(Number(value)),
  revenue: formatDecimal,
};

export const ORIGIN_NAMES: Readonly<Record<OriginKind, string>> = {
  channel: 'Channel',
  source: 'Source',
  medium: 'Medium',
  all: 'Channel, source and medium',
};

/** The mean of one day is a whole number. */
function meanText(mean: string | null, days: number): string {
  if (mean === null) return '–';
  return days === 1 ? formatCount(BigInt(mean.slice(0, -3))) : formatDecimal(mean);
}

export const secondsText = (seconds: string | null): string =>
  seconds === null ? '–' : formatDuration(Number(seconds) * 1000);
