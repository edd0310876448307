import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type ReactNode, useCallback } from 'react';
import { Link } from 'wouter';
import type { CategoryReport, Days, KpiRange, NoKpis, OrderReport } from '../../api/kpis';
import { getJson, type Query } from '../shared/api';
import { Card, Page } from '../shared/page';
import { Empty, Fetched } from '../shared/states';
import { DayPanel } from './day-panel';
import { Downloads } from './downloads';
import { HeatMap } from './heat-map';
import { daysText } from './kpi-text';
import { useChoice } from './range';
import { RangeControls } from './range-controls';
import { Ranking } from './ranking';
import { Stacks } from './stacks';
import { Tiles } from './tiles';
import { Trend } from './trend';
import './kpis.css';

const POLL_MS = 5_000;

function useReport<Report>(path: string, query: Query) {
  return useQuery({
    queryKey: ['kpis', path, query],
    queryFn: ({ signal }) => getJson<Report | NoKpis>(`kpis/${path}`, query, signal),
    refetchInterval: POLL_MS,
    placeholderData: keepPreviousData,
  });
}

export default function KpisPage() {
  const { choice, choose, query } = useChoice();
  const orders = useReport<OrderReport>('orders', query);
  const categories = useReport<CategoryReport>('categories', query);
  const range = orders.data?.range ?? undefined;
  const hasOrders = orders.data?.range && orders.data.totals.days > 0;

  // By the choice, not by its days: those of a period move on with new data.
  const viewOf = ({ granularity }: KpiRange) => `${choice.period} ${choice.from} ${choice.to} ${granularity}`;

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
              <Tiles report={report} metric={choice.metric} onChoose={choose.metric} />
              {report.totals.days > 0 ? (
                <Trend report={report} metric={choice.metric} view={viewOf(report.range)} onOpen={open} />
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

/** Dimmed while it shows the days chosen before, until the new ones are loaded. */
function Part({ isStale, children }: { readonly isStale: boolean; readonly children: ReactNode }) {
  return (
    <div className={`kpi-part ${isStale ? 'kpi-stale' : ''}`} aria-busy={isStale}>
      {children}
    </div>
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
      <Stacks report={report} view={view} onOpen={onOpen} />
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
