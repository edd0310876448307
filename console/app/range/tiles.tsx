import { changeText } from './figure-text';
import type { Metric } from './metric';

interface Props<Figures, Change> {
  readonly metrics: readonly Metric<Figures, Change>[];
  /** The id of the metric that is drawn below. */
  readonly chosen: string;
  readonly totals: Figures;
  /** In the period before; null without one. */
  readonly before: Figures | null;
  readonly change: Change | null;
  /** Shown instead of a comparison if nothing happened in the period before, such as `no orders before`. */
  readonly nothingBefore: string | undefined;
  readonly onChoose: (id: string) => void;
}

/** The totals, each compared with the period before; the chosen one is drawn below. */
export function Tiles<Figures, Change>({
  metrics,
  chosen,
  totals,
  before,
  change,
  nothingBefore,
  onChoose,
}: Props<Figures, Change>) {
  return (
    <div className={`kpi-tiles ${metrics.length === 7 ? 'kpi-tiles-seven' : ''}`}>
      {metrics.map((metric) => (
        <button
          key={metric.id}
          type="button"
          className="kpi-tile"
          aria-pressed={metric.id === chosen}
          onClick={() => onChoose(metric.id)}
        >
          <span className="muted small">{metric.name}</span>
          <strong className="kpi-number">{metric.format(totals)}</strong>
          {before === null || change === null ? (
            <span className="muted small">no comparison</span>
          ) : nothingBefore !== undefined ? (
            <span className="muted small">{nothingBefore}</span>
          ) : (
            <Comparison metric={metric} now={totals} before={before} change={metric.change(change)} />
          )}
        </button>
      ))}
    </div>
  );
}

function Comparison<Figures, Change>({
  metric,
  now,
  before,
  change,
}: {
  readonly metric: Metric<Figures, Change>;
  readonly now: Figures;
  readonly before: Figures;
  readonly change: string | null;
}) {
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

function toneOf(
  { isLowerBetter = false }: Pick<Metric<unknown, unknown>, 'isLowerBetter'>,
  change: string | null,
) {
  if (change === null || /^-?0\.00$/.test(change)) return 'muted';
  return change.startsWith('-') === isLowerBetter ? 'kpi-better' : 'kpi-worse';
}
