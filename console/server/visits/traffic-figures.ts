import { decimal, divide, growth, percentage } from '../../../operations/kpis/decimals';
import type { TrafficSums } from '../../../operations/visits/traffic';
import type { TrafficChange, TrafficFigures } from '../../api/traffic';
import { comparedDecimals, pointsBetween } from './compared';

export const NO_TRAFFIC: TrafficSums = {
  days: 0,
  sessions: 0n,
  visitors: 0n,
  engaged_sessions: 0n,
  seconds: 0n,
  purchases: 0n,
  revenue: 0n,
};

/** Rates and means are those of all sessions together, never means of rates. */
export function trafficFigures(sums: TrafficSums): TrafficFigures {
  const { days, sessions, visitors, engaged_sessions, seconds, purchases, revenue } = sums;
  return {
    days,
    sessions: Number(sessions),
    engaged_sessions: Number(engaged_sessions),
    purchases: Number(purchases),
    revenue: decimal(revenue),
    visitors_per_day: days === 0 ? null : decimal(divide(visitors * 100n, BigInt(days))),
    bounce_rate: percentage(sessions - engaged_sessions, sessions),
    avg_duration_seconds: sessions === 0n ? null : decimal(divide(seconds, sessions)),
  };
}

export function trafficChange(now: TrafficFigures, before: TrafficFigures): TrafficChange {
  const counted = (name: 'sessions' | 'engaged_sessions' | 'purchases') =>
    growth(BigInt(now[name]), BigInt(before[name]));
  return {
    sessions: counted('sessions'),
    engaged_sessions: counted('engaged_sessions'),
    purchases: counted('purchases'),
    revenue: comparedDecimals(now.revenue, before.revenue),
    visitors_per_day: comparedDecimals(now.visitors_per_day, before.visitors_per_day),
    bounce_rate_points: pointsBetween(now.bounce_rate, before.bounce_rate),
    avg_duration_seconds: comparedDecimals(now.avg_duration_seconds, before.avg_duration_seconds),
  };
}
