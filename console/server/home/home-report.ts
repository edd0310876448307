import { NO_VISITS, type VisitDays, type Visits } from '../../../operations/home/visit-days';
import { daysLater } from '../../../operations/home/zoned-days';
import { decimal, growth, hundredths, percentage } from '../../../operations/kpis/decimals';
import type { Kpi } from '../../../operations/kpis/kpis';
import type { DayChange, DayComparison, DayFigures, HomeDay } from '../../api/home';
import { comparedDecimals, pointsBetween } from '../visits/compared';

export interface HomeData {
  readonly today: string;
  /** The newest day with data that is not after today. */
  readonly newest: string;
  /** Items of OrderKPIs by day. */
  readonly orders: ReadonlyMap<string, Kpi>;
  /** First and last day of orders; undefined without any. */
  readonly orderDays: { readonly from: string; readonly to: string } | undefined;
  /** First and last day of visits; undefined without any. */
  readonly visitDays: { readonly from: string; readonly to: string } | undefined;
  readonly visits: VisitDays | undefined;
}

/** The newest day and the one before it. */
export function homeDays(data: HomeData): HomeDay[] {
  return [data.newest, daysLater(data.newest, -1)].map((day) => ({
    day,
    figures: figuresOf(data, day),
    comparisons: day === data.today ? comparisonsOfToday(data) : comparisonsOf(data, day),
  }));
}

/** Today is not over: only a part of yesterday is comparable, which is known of visits. */
function comparisonsOfToday(data: HomeData): DayComparison[] {
  const day = daysLater(data.today, -1);
  const whole: DayComparison = {
    ...{ with: 'day_before', day, until: null },
    figures: figuresOf(data, day),
    change: null,
  };
  const until = data.visits?.until;
  if (!until || !isWithin(data.visitDays, day)) return [whole];
  const figures = { ...NO_ORDERS, ...visitFigures(until.visits) };
  const change = changeOf(figuresOf(data, data.today), figures);
  return [{ with: 'until', day, until: until.at.toISOString(), figures, change }, whole];
}

function comparisonsOf(data: HomeData, day: string): DayComparison[] {
  const figures = figuresOf(data, day);
  const earlier = (name: 'day_before' | 'week_before', days: number): DayComparison => {
    const other = daysLater(day, -days);
    const then = figuresOf(data, other);
    return { with: name, day: other, until: null, figures: then, change: changeOf(figures, then) };
  };
  return [earlier('day_before', 1), earlier('week_before', 7)];
}

const NO_ORDERS = { revenue: null, orders: null };

function figuresOf({ orders, orderDays, visits, visitDays }: HomeData, day: string): DayFigures {
  const kpi = orders.get(day);
  return {
    ...(isWithin(orderDays, day)
      ? {
          revenue: decimal(hundredths(kpi?.total_revenue ?? '0')),
          orders: Number(kpi?.total_orders ?? 0),
        }
      : NO_ORDERS),
    ...(isWithin(visitDays, day)
      ? visitFigures(visits?.days.get(day) ?? NO_VISITS)
      : { visitors: null, conversion: null, purchases: null }),
  };
}

const visitFigures = ({ sessions, visitors, purchased, purchases }: Visits) => ({
  visitors,
  conversion: percentage(BigInt(purchased), BigInt(sessions)),
  purchases,
});

/** A day between the first and the last one without rows had none; there is no data of others. */
const isWithin = (days: HomeData['orderDays'], day: string): boolean =>
  days !== undefined && day >= days.from && day <= days.to;

function changeOf(now: DayFigures, then: DayFigures): DayChange {
  const counted = (name: 'orders' | 'visitors' | 'purchases') => {
    const [a, b] = [now[name], then[name]];
    return a === null || b === null ? null : growth(BigInt(a), BigInt(b));
  };
  return {
    revenue: comparedDecimals(now.revenue, then.revenue),
    orders: counted('orders'),
    visitors: counted('visitors'),
    conversion: pointsBetween(now.conversion, then.conversion),
    purchases: counted('purchases'),
  };
}
