import type { Funnel, FunnelSums } from '../../../operations/visits/funnel';
import type { ChannelFunnel, FunnelReport } from '../../api/funnel';
import type { DayRange } from '../../api/range';
import { bucketsOf } from '../range/calendar';
import { funnelChange, funnelFigures, funnelLevels, NO_FUNNEL } from './funnel-figures';

/** @param funnel the sums of the range and of the period before it, by the range's granularity */
export function funnelReport({ sums, channels }: Funnel, range: DayRange): FunnelReport {
  const found = new Map(sums.map((sum) => [`${sum.is_before} ${sum.bucket}`, sum]));
  const sumsOf = (isBefore: boolean, bucket: string | null): FunnelSums =>
    found.get(`${isBefore} ${bucket}`) ?? NO_FUNNEL;
  const all = sumsOf(false, null);
  const totals = funnelFigures(all);
  const totals_before = range.before && funnelFigures(sumsOf(true, null));
  return {
    range,
    totals,
    totals_before,
    change: totals_before && funnelChange(totals, totals_before),
    levels: {
      closed: funnelLevels(all.sessions, all.closed),
      open: funnelLevels(all.sessions, all.open),
    },
    buckets: bucketsOf(range.days, range.granularity).map(({ from, to }) => ({
      from,
      to,
      now: funnelFigures(sumsOf(false, from)),
      before: range.before && funnelFigures(sumsOf(true, from)),
    })),
    channels: channelFunnels(channels),
  };
}

/** By sessions, descending. */
function channelFunnels(channels: Funnel['channels']): ChannelFunnel[] {
  const before = new Map(
    channels.filter(({ is_before }) => is_before).map((sum) => [sum.channel, funnelFigures(sum)]),
  );
  return channels
    .filter(({ is_before }) => !is_before)
    .map((sum) => ({
      channel: sum.channel,
      ...funnelFigures(sum),
      conversion_before: before.get(sum.channel)?.conversion_rate ?? null,
    }))
    .sort((a, b) => b.sessions - a.sessions || (a.channel < b.channel ? -1 : 1));
}
