import { type ChooseRange, type RangeChoice, useRange } from '../range/use-range';
import { useAddress } from '../shared/address';
import type { Query } from '../shared/api';
import { METRICS, type OrderMetric } from './kpi-text';

/** What the page shows, from its address. */
export interface Choice extends RangeChoice {
  readonly metric: OrderMetric;
  readonly day: string | undefined;
}

export interface Choose extends ChooseRange {
  metric(id: string): void;
  day(day: string | undefined): void;
}

export function useChoice(): { choice: Choice; choose: Choose; query: Query } {
  const { choice, choose, query } = useRange();
  const { get, set } = useAddress();
  const [first] = METRICS;
  const metric = METRICS.find(({ id }) => id === get('metric')) ?? first;
  if (!metric) throw new RangeError('there is no metric');
  return {
    choice: { ...choice, metric, day: get('day') },
    choose: {
      ...choose,
      metric: (id) => set({ metric: id }),
      day: (day) => set({ day }),
    },
    query,
  };
}
