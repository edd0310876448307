import { type Days, type Granularity, PERIODS, type Period } from '../../api/range';
import { useAddress } from '../shared/address';
import type { Query } from '../shared/api';

/** The days that a page shows, as its address has them. */
export interface RangeChoice {
  /** undefined for custom days. */
  readonly period: Period | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly by: string | undefined;
}

export interface ChooseRange {
  period(period: Period): void;
  days(days: Partial<Days>): void;
  by(granularity: Granularity | undefined): void;
}

/** @param initial the period of an address without one */
export function useRange(initial: Period = '30'): {
  choice: RangeChoice;
  choose: ChooseRange;
  /** The parameters of a request for the days. */
  query: Query;
} {
  const { get, set } = useAddress();
  const [from, to, by] = [get('from'), get('to'), get('by')];
  const isCustom = from !== undefined || to !== undefined;
  const period = isCustom ? undefined : (PERIODS.find((name) => name === get('period')) ?? initial);
  return {
    choice: { period, from, to, by },
    choose: {
      period: (chosen) => set({ period: chosen, from: undefined, to: undefined, by: undefined }),
      days: (days) => set({ period: undefined, by: undefined, ...days }),
      by: (granularity) => set({ by: granularity }),
    },
    query: { period, from, to, by },
  };
}
