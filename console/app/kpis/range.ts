import { useSearchParams } from 'wouter';
import { type Days, type Granularity, PERIODS, type Period } from '../../api/kpis';
import type { Query } from '../shared/api';
import { METRICS, type Metric } from './kpi-text';

/** What the page shows, from its address, so that it can be linked to and reloaded. */
export interface Choice {
  readonly period: Period | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly by: string | undefined;
  readonly metric: Metric;
  readonly day: string | undefined;
}

export interface Choose {
  period(period: Period): void;
  days(days: Partial<Days>): void;
  by(granularity: Granularity | undefined): void;
  metric(metric: Metric): void;
  day(day: string | undefined): void;
}

export function useChoice(): { choice: Choice; choose: Choose; query: Query } {
  const [search, setSearch] = useSearchParams();
  const get = (name: string) => search.get(name) ?? undefined;
  const set = (values: Readonly<Record<string, string | undefined>>) =>
    setSearch((old) => {
      const params = new URLSearchParams(old);
      for (const [name, value] of Object.entries(values)) {
        if (value === undefined || value === '') params.delete(name);
        else params.set(name, value);
      }
      return params;
    });
  const [from, to, by] = [get('from'), get('to'), get('by')];
  const isCustom = from !== undefined || to !== undefined;
  const period = isCustom ? undefined : (PERIODS.find((name) => name === get('period')) ?? '30');
  const [first] = METRICS;
  const metric = METRICS.find(({ id }) => id === get('metric')) ?? first;
  if (!metric) throw new RangeError('there is no metric');
  return {
    choice: { period, from, to, by, metric, day: get('day') },
    choose: {
      period: (chosen) => set({ period: chosen, from: undefined, to: undefined, by: undefined }),
      days: (days) => set({ period: undefined, by: undefined, ...days }),
      by: (granularity) => set({ by: granularity }),
      metric: ({ id }) => set({ metric: id }),
      day: (day) => set({ day }),
    },
    query: { period, from, to, by },
  };
}
