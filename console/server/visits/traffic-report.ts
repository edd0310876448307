import { decimal, growth } from '../../../operations/kpis/decimals';
import type { OriginSums, Traffic, TrafficSum, TrafficSums } from '../../../operations/visits/traffic';
import type { DayRange } from '../../api/range';
import type { OriginFigures, TrafficReport, TrafficStack } from '../../api/traffic';
import { bucketsOf } from '../range/calendar';
import { NO_TRAFFIC, trafficChange, trafficFigures } from './traffic-figures';

/** There are no more distinguishable colours than these and one for all others. */
export const MAX_STACKS = 7;

/** @param traffic the sums of the range and of the period before it, by the range's granularity */
export function trafficReport({ sums, parts, channels }: Traffic, range: DayRange): TrafficReport {
  const buckets = bucketsOf(range.days, range.granularity);
  const ofAll = sums.filter(({ part }) => part === undefined);
  const find = (isBefore: boolean, bucket: string | null): TrafficSums =>
    ofAll.find((sum) => sum.is_before === isBefore && sum.bucket === bucket) ?? NO_TRAFFIC;
  const totals = trafficFigures(find(false, null));
  const totals_before = range.before && trafficFigures(find(true, null));
  const byBucket = new Map(ofAll.map((sum) => [`${sum.is_before} ${sum.bucket}`, sum]));
  const figures = (isBefore: boolean, bucket: string) =>
    trafficFigures(byBucket.get(`${isBefore} ${bucket}`) ?? NO_TRAFFIC);
  return {
    range,
    channels,
    totals,
    totals_before,
    change: totals_before && trafficChange(totals, totals_before),
    buckets: buckets.map(({ from, to }) => ({
      from,
      to,
      now: figures(false, from),
      before: range.before && figures(true, from),
    })),
    stacks: stacksOf(
      sums.filter(({ is_before }) => !is_before),
      buckets.map(({ from }) => from),
    ),
    parts,
  };
}

/** By sessions, descending; the others are last. */
function stacksOf(sums: readonly TrafficSum[], buckets: readonly string[]): TrafficStack[] {
  const byPart = new Map<string | null, Map<string, TrafficSums>>();
  for (const { part, bucket, ...values } of sums) {
    if (part === undefined || bucket === null) continue;
    const ofPart = byPart.get(part) ?? new Map<string, TrafficSums>();
    byPart.set(part, ofPart.set(bucket, values));
  }
  const sessions = (ofPart: ReadonlyMap<string, TrafficSums>) =>
    [...ofPart.values()].reduce((sum, one) => sum + one.sessions, 0n);
  return [...byPart]
    .map(([name, ofPart]) => ({ name, ofPart, sessions: name === null ? -1n : sessions(ofPart) }))
    .sort((a, b) =>
      a.sessions === b.sessions
        ? (a.name ?? '') < (b.name ?? '')
          ? -1
          : 1
        : a.sessions > b.sessions
          ? -1
          : 1,
    )
    .map(({ name, ofPart }) => {
      const inBuckets = buckets.map((bucket) => ofPart.get(bucket) ?? NO_TRAFFIC);
      return {
        name,
        values: {
          sessions: inBuckets.map((one) => Number(one.sessions)),
          engaged_sessions: inBuckets.map((one) => Number(one.engaged_sessions)),
          purchases: inBuckets.map((one) => Number(one.purchases)),
          revenue: inBuckets.map((one) => decimal(one.revenue)),
        },
      };
    });
}

/** @param hasBefore false without a period before */
export function originFigures(origin: OriginSums, hasBefore: boolean): OriginFigures {
  const { channel, source, medium, sessions_before } = origin;
  return {
    channel,
    source,
    medium,
    ...trafficFigures(origin),
    sessions_before: hasBefore ? Number(sessions_before) : null,
    change: hasBefore ? growth(origin.sessions, sessions_before) : null,
  };
}
