import { keepPreviousData, queryOptions, usePrefetchQuery, useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { Link } from 'wouter';
import type { CategoryReport, OrderReport } from '../../api/kpis';
import type { DayRange, Days, NoDays } from '../../api/range';
import { Part } from '../range/part';
import { RangeControls } from '../range/range-controls';
import { daysText } from '../range/range-text';
import { Tiles } from '../range/tiles';
import { Trend } from '../range/trend';
import { getJson, type Query } from '../shared/api';
import { Card, Page } from '../shared/page';
import { Empty, Fetched } from '../shared/states';
import { CategoryStacks } from './category-stacks';
import { useChoice } from './choice';
import { DayPanel } from './day-panel';
import { Downloads } from './downloads';
import { HeatMap } from './heat-map';
import { METRICS } from './kpi-text';
import { Ranking } from './ranking';
import './kpis.css';

const POLL_MS = 5_000;

const reportQuery = <Report,>(path: string, query: Query) =>
  queryOptions({
    queryKey: ['kpis', path, query],
    queryFn: ({ signal }) => getJson<Report | NoDays>(`kpis/${path}`, query, signal),
    refetchInterval: POLL_MS,
    placeholderData: keepPreviousData,
  });

const ordersQuery = (query: Query) => reportQuery<OrderReport>('orders', query);
const categoriesQuery = (query: Query) => reportQuery<CategoryReport>('categories', query);

export default function KpisPage() {
  const { choice, choose, query } = useChoice();
  // Before the page is drawn.
  usePrefetchQuery(ordersQuery(query));
  usePrefetchQuery(categoriesQuery(query));
  const orders = useQuery(ordersQuery(query));
  const categories = useQuery(categoriesQuery(query));
  const range = orders.data?.range ?? undefined;
  const hasOrders = orders.data?.range && orders.data.totals.days > 0;

  // By the choice, not by its days: those of a period move on with new data.
  const viewOf = ({ granularity }: DayRange) => `${choice.period} ${choice.from} ${choice.to} ${granularity}`;

  /** Opens a day; zooms into a week, month or year. */
  const open = useCallback(
    ({ from, to }: Days) => (from === to ? choose.day(from) : choose.days({ from, to })),
    [choose],
  );
  return (
    <Page title="KPIs" actions={range && <Downloads range={range} />}>
      <Fetched query={orders} what="KPIs">
        {(report) =>
          report.range ? (
            <Part isStale={orders.isPlaceholderData}>
              <RangeControls range={report.range} choice={choice} choose={choose} />
              {report.totals.orders > 0 && report.totals.return_rate === null && (
                <p className="muted small kpi-hint">
                  Return rates and order values over several days need counts that the next execution stores.
                </p>
              )}
              <Tiles
                metrics={METRICS}
                chosen={choice.metric.id}
                totals={report.totals}
                before={report.totals_before}
                change={report.change}
                nothingBefore={report.totals_before?.days === 0 ? 'no orders before' : undefined}
                onChoose={choose.metric}
              />
              {report.totals.days > 0 ? (
                <Trend
                  range={report.range}
                  buckets={report.buckets}
                  metrics={METRICS}
                  metric={choice.metric}
                  dayHint="Click a day for its categories and latest changes."
                  view={viewOf(report.range)}
                  onOpen={open}
                />
              ) : (
                <Empty title="No orders on these days">
                  There are orders from {daysText(report.range.data)}.
                </Empty>
              )}
            </Part>
          ) : (
            <Empty title="There are no KPIs yet">
              Upload products, orders and order items on the <Link href="~/files">Files</Link> page, or with{' '}
              <code>daybook upload</code>. KPIs appear once the execution has finished.
            </Empty>
          )
        }
      </Fetched>
      {choice.day !== undefined && <DayPanel day={choice.day} onClose={() => choose.day(undefined)} />}
      {hasOrders && (
        <Fetched query={categories} what="categories">
          {(report) =>
            report.range && (
              <Part isStale={categories.isPlaceholderData}>
                <Categories report={report} view={viewOf(report.range)} onOpen={open} />
              </Part>
            )
          }
        </Fetched>
      )}
    </Page>
  );
}

function Categories({
  report,
  view,
  onOpen,
}: {
  readonly report: CategoryReport;
  readonly view: string;
  readonly onOpen: (bucket: Days) => void;
}) {
  if (report.ranking.length === 0)
    return <Empty title="No items sold on these days">Choose other days above.</Empty>;
  return (
    <>
      <CategoryStacks report={report} view={view} onOpen={onOpen} />
      <Card title="Categories by revenue">
        <Ranking
          label="Categories by revenue"
          categories={report.ranking}
          hasBefore={report.range.before !== null}
        />
      </Card>
      <HeatMap report={report} view={view} />
    </>
  );
}
