import type { OrderFigures, OrderReport } from '../../api/kpis';
import { changeText, METRICS, type Metric } from './kpi-text';

interface Props {
  readonly report: OrderReport;
  readonly metric: Metric;
  readonly onChoose: (metric: Metric) => void;
}

/** The totals, each compared with the period before; the chosen one is drawn below. */
export function Tiles({ report, metric, onChoose }: Props) {
  const { totals, totals_before, change } = report;
  return (
    <div className="kpi-tiles">
      {METRICS.map((each) => (
        <button
          key={each.id}
          type="button"
          className="kpi-tile"
          aria-pressed={each.id === metric.id}
          onClick={() => onChoose(each)}
        >
          <span className="muted small">{each.name}</span>
          <strong className="kpi-number">{each.format(totals)}</strong>
          {totals_before && change ? (
            <Comparison metric={each} now={totals} change={each.change(change)} before={totals_before} />
          ) : (
            <span className="muted small">no comparison</span>
          )}
        </button>
      ))}
    </div>
  );
}

function Comparison({
  metric,
  now,
  change,
  before,
}: {
  readonly metric: Metric;
  readonly now: OrderFigures;
  readonly change: string | null;
  readonly before: OrderFigures;
}) {
  if (before.days === 0) return <span className="muted small">no orders before</span>;
  if (metric.value(now) === null || metric.value(before) === null)
    return <span className="muted small">before: {metric.format(before)}</span>;
  return (
    <span className="small">
      <span className={toneOf(metric, change)}>{changeText(change, metric.inPoints)}</span>
      <span className="muted">
        {' '}
        from <span className="kpi-whole">{metric.format(before)}</span>
      </span>
    </span>
  );
}

function toneOf({ isLowerBetter = false }: Metric, change: string | null): string {
  if (change === null || /^-?0\.00$/.test(change)) return 'muted';
  return change.startsWith('-') === isLowerBetter ? 'kpi-better' : 'kpi-worse';
}
