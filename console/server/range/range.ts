import type { DayRange, Days, Granularity, PERIODS, Period } from '../../api/range';
import { addDays, granularitiesFor, lengthOf, periodBefore } from './calendar';

export interface RangeQuery {
  readonly period?: Period | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly by?: Granularity | undefined;
}

/** @param data first and last day of all KPIs */
export function rangeOf({ period, from, to, by }: RangeQuery, data: Days): DayRange {
  const days =
    from === undefined && to === undefined ? lastDays(period ?? '30', data) : customDays(from, to, data);
  const before = periodBefore(days);
  const { best, possible } = granularitiesFor(days);
  const granularity = by && possible.includes(by) ? by : best;
  return {
    days,
    before: before && before.to >= data.from && before.from <= data.to ? before : null,
    granularity,
    granularities: possible,
    is_granularity_chosen: granularity === by,
    data,
  };
}

function lastDays(period: (typeof PERIODS)[number], data: Days): Days {
  if (period === 'all') return data;
  const from = addDays(data.to, 1 - Number(period));
  // Days before the first KPI would only shorten the comparison with the period before.
  return { from: from > data.from ? from : data.from, to: data.to };
}

/** A missing end is that of the data, if the range stays valid; otherwise the range is one day. */
function customDays(from: string | undefined, to: string | undefined, data: Days): Days {
  const start = from ?? (data.from <= (to ?? data.to) ? data.from : (to ?? data.to));
  const end = to ?? (data.to >= start ? data.to : start);
  return { from: start, to: end };
}

export const includes = ({ from, to }: Days, day: string): boolean => day >= from && day <= to;

/** Maps a day of the period before to the corresponding day of the range. */
export function shiftFrom(range: Pick<DayRange, 'days'>): (day: string) => string {
  const length = lengthOf(range.days);
  return (day) => addDays(day, length);
}
