import { ORIGIN_KINDS, type OriginKind } from '../../api/traffic';
import { type ChooseRange, type RangeChoice, useRange } from '../range/use-range';
import { useAddress } from '../shared/address';
import type { Query } from '../shared/api';
import { METRICS, type TrafficMetric } from './traffic-text';

/** What the page shows, from its address. */
export interface TrafficChoice extends RangeChoice {
  readonly metric: TrafficMetric;
  /** undefined for all. */
  readonly channel: string | undefined;
  /** What a row of the table is. */
  readonly group: OriginKind;
}

export interface ChooseTraffic extends ChooseRange {
  metric(id: string): void;
  channel(channel: string | undefined): void;
  group(kind: OriginKind): void;
}

export function useTrafficChoice(): { choice: TrafficChoice; choose: ChooseTraffic; query: Query } {
  const { choice, choose, query } = useRange();
  const { get, set } = useAddress();
  const [first] = METRICS;
  const metric = METRICS.find(({ id }) => id === get('metric')) ?? first;
  if (!metric) throw new RangeError('there is no metric');
  const channel = get('channel');
  // Of one channel there is nothing to tell apart by channel.
  const initial = channel === undefined ? 'channel' : 'source';
  const group = ORIGIN_KINDS.find((kind) => kind === get('group')) ?? initial;
  return {
    choice: { ...choice, metric, channel, group },
    choose: {
      ...choose,
      metric: (id) => set({ metric: id }),
      channel: (name) => set({ channel: name, group: undefined }),
      group: (kind) => set({ group: kind }),
    },
    query: { ...query, channel },
  };
}
