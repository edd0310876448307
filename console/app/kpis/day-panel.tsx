import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { Link } from 'wouter';
import type { DayChange, DayChanges, DayKpis, DayValue } from '../../api/kpis';
import { Time } from '../shared/about';
import { getJson } from '../shared/api';
import { formatDay, formatDecimal } from '../shared/format';
import { Card } from '../shared/page';
import { Empty, Fetched } from '../shared/states';
import { METRICS } from './kpi-text';
import { Ranking } from './ranking';

interface Props {
  readonly day: string;
  readonly onClose: () => void;
}

/** One day: its KPIs, its categories, and their last changes. */
export function DayPanel({ day, onClose }: Props) {
  const panel = useRef<HTMLDivElement>(null);
  const path = `kpis/days/${encodeURIComponent(day)}`;
  const kpis = useQuery({
    queryKey: ['kpis', 'day', day],
    queryFn: ({ signal }) => getJson<DayKpis>(path, undefined, signal),
    refetchInterval: 5_000,
  });
  const changes = useQuery({
    // The changes are read again whenever the day's KPIs change.
    queryKey: ['kpis', 'changes', day, kpis.data],
    queryFn: ({ signal }) => getJson<DayChanges>(`${path}/changes`, undefined, signal),
    enabled: kpis.data !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
  useEffect(() => {
    panel.current?.scrollIntoView({ block: 'nearest' });
    panel.current?.focus({ preventScroll: true });
  }, [day]);
  return (
    <div ref={panel} tabIndex={-1} className="kpi-day">
      <Card
        title={formatDayText(day)}
        actions={
          <>
            <Link href={`~/lineage?mart=order_kpis&order_date=${encodeURIComponent(day)}`}>
              Where the numbers come from
            </Link>
            <button type="button" onClick={onClose}>
              Close
            </button>
          </>
        }
      >
        <Fetched query={kpis} what="the day">
          {({ order, categories }) =>
            order ? (
              <>
                <dl className="kpi-facts">
                  {METRICS.map(({ id, name, format }) => (
                    <div key={id}>
                      <dt className="muted small">{id === 'customers' ? 'Customers' : name}</dt>
                      <dd>{format(order)}</dd>
                    </div>
                  ))}
                </dl>
                <Ranking
                  label={`Categories of ${day}`}
                  categories={categories}
                  hasBefore={false}
                  height={300}
                />
              </>
            ) : (
              <Empty title="No orders on this day">Only days with an order have KPIs.</Empty>
            )
          }
        </Fetched>
        <h3 className="kpi-heading">Latest changes</h3>
        <Fetched query={changes} what="changes">
          {(found) => <Changes {...found} />}
        </Fetched>
      </Card>
    </div>
  );
}

function Changes({ changes, is_complete }: DayChanges) {
  return (
    <>
      {changes.length === 0 && <p className="muted">No changes found in the tables' logs.</p>}
      <ol className="kpi-changes">
        {changes.map((change) => (
          <li key={`${change.execution} ${change.at}`}>
            {change.execution ? (
              <Link href={`~/executions/${encodeURIComponent(change.execution)}`} className="mono">
                {change.execution}
              </Link>
            ) : (
              <span>unknown execution</span>
            )}{' '}
            <span className="muted small">
              <Time at={change.at} />
            </span>
            <ChangeText {...change} />
          </li>
        ))}
      </ol>
      {!is_complete && <p className="muted small">Older changes are no longer in the tables' logs.</p>}
    </>
  );
}

const NAMES: Readonly<Record<string, string>> = {
  total_orders: 'orders',
  total_revenue: 'revenue',
  total_items_sold: 'items',
  unique_customers: 'customers',
  return_rate: 'return rate',
  returned_orders: 'returned orders',
};

function ChangeText({ values, categories }: DayChange) {
  const text = values.map((value) => `${NAMES[value.column] ?? value.column} ${valueText(value)}`).join(', ');
  return (
    <div className="small">
      {text}
      {text && categories.length > 0 && '; '}
      {categories.length > 0 && (
        <>
          {categories.length === 1 ? 'category' : `${categories.length} categories:`}{' '}
          {categories.slice(0, 12).map((category, index) => (
            <span key={category}>
              {index > 0 && ', '}
              <bdi>{category}</bdi>
            </span>
          ))}
          {categories.length > 12 && ` and ${categories.length - 12} more`}
        </>
      )}
    </div>
  );
}

function valueText({ column, before, after }: DayValue): string {
  const isDecimal = column === 'total_revenue' || column === 'return_rate';
  const text = (value: string) => (isDecimal ? formatDecimal(value) : value);
  if (before === null) return text(after ?? '');
  return `${text(before)} → ${after === null ? 'deleted' : text(after)}`;
}

const formatDayText = (day: string): string => (Number.isNaN(Date.parse(day)) ? day : formatDay(day));
