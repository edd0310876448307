import { type Days, type Granularity, PERIODS, type Period } from '../../api/range';
import { type Address, inAddress, useAddress } from '../shared/address';
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

/** What the address says. @param initial the period of an address without one */
function rangeIn(get: Address['get'], initial: Period): RangeChoice {
  const [from, to, by] = [get('from'), get('to'), get('by')];
  const isCustom = from !== undefined || to !== undefined;
  const period = isCustom ? undefined : (PERIODS.find((name) => name === get('period')) ?? initial);
  return { period, from, to, by };
}

const INITIAL: Period = '30';

/** The parameters of a request for the days of the address; for what is asked for before the page is drawn. */
export const rangeQuery = (initial = INITIAL): Query => ({ ...rangeIn(inAddress, initial) });

/** @param initial the period of an address without one */
export function useRange(initial = INITIAL): {
  choice: RangeChoice;
  choose: ChooseRange;
  /** The parameters of a request for the days. */
  query: Query;
} {
  const { get, set } = useAddress();
  const choice = rangeIn(get, initial);
  return {
    choice,
    choose: {
      period: (chosen) => set({ period: chosen, from: undefined, to: undefined, by: undefined }),
      days: (days) => set({ period: undefined, by: undefined, ...days }),
      by: (granularity) => set({ by: granularity }),
    },
    query: { ...choice },
  };
}
