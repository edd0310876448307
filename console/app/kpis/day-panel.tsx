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

/** One day: its KPIs, its categories, and what changed them last. */
export function DayPanel({ day, onClose }: Props) {
  const panel = useRef<HTMLDivElement>(null);
  const path = `kpis/days/${encodeURIComponent(day)}`;
  const kpis = useQuery({
    queryKey: ['kpis', 'day', day],
    queryFn: ({ signal }) => getJson<DayKpis>(path, undefined, signal),
    refetchInterval: 5_000,
  });
  const changes = useQuery({
    // Another version of the day has another history.
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
          <button type="button" onClick={onClose}>
            Close
          </button>
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
              <Empty title="No order is of this day">Days with an order have KPIs.</Empty>
            )
          }
        </Fetched>
        <h3 className="kpi-heading">Executions that last changed it</h3>
        <Fetched query={changes} what="what changed it">
          {(found) => <Changes {...found} />}
        </Fetched>
      </Card>
    </div>
  );
}

function Changes({ changes, is_complete }: DayChanges) {
  return (
    <>
      {changes.length === 0 && <p className="muted">None is found in the tables' log.</p>}
      <ol className="kpi-changes">
        {changes.map((change) => (
          <li key={`${change.execution} ${change.at}`}>
            {change.execution ? (
              <Link href={`~/executions/${encodeURIComponent(change.execution)}`} className="mono">
                {change.execution}
              </Link>
            ) : (
              <span>an execution that is not named</span>
            )}{' '}
            <span className="muted small">
              <Time at={change.at} />
            </span>
            <ChangeText {...change} />
          </li>
        ))}
      </ol>
      {!is_complete && <p className="muted small">What was before is no longer in the tables' log.</p>}
    </>
  );
}

const NAMES: Readonly<Record<string, string>> = {
  total_orders: 'orders',
  total_revenue: 'revenue',
  total_items_sold: 'items',
  unique_customers: 'customers',
  return_rate: 'return rate',
};

function ChangeText({ values, categories }: DayChange) {
  const text = values.map((value) => `${NAMES[value.column] ?? value.column} ${stepText(value)}`).join(', ');
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

function stepText({ column, before, after }: DayValue): string {
  const isDecimal = column === 'total_revenue' || column === 'return_rate';
  const text = (value: string) => (isDecimal ? formatDecimal(value) : value);
  if (before === null) return text(after ?? '');
  return `${text(before)} → ${after === null ? 'gone' : text(after)}`;
}

const formatDayText = (day: string): string => (Number.isNaN(Date.parse(day)) ? day : formatDay(day));
