import { Link } from 'wouter';
import type { DayComparison, HomeDay } from '../../api/home';
import { changeText } from '../range/figure-text';
import { useAbout } from '../shared/about';
import { Card } from '../shared/page';
import { comparisonName, dayTitle, FIGURES, type Figure } from './day-text';

/** The figures of a day, each beside those that it is compared with. */
export function DayCard({ day, today }: { readonly day: HomeDay; readonly today: string }) {
  const isToday = day.day === today;
  // Of a day that is over, all purchases are in the orders.
  const figures = FIGURES.filter(
    ({ id }) => id !== 'purchases' || (isToday && day.figures.purchases !== null),
  );
  return (
    <Card
      title={dayTitle(day.day, today)}
      actions={<Link href={`~/kpis?from=${day.day}&to=${day.day}&day=${day.day}`}>KPIs of the day</Link>}
    >
      <dl className="kpi-tiles home-tiles">
        {figures.map((figure) => (
          <div key={figure.id} className="home-tile">
            <dt className="muted small">{figure.name}</dt>
            <dd>
              <strong className="kpi-number">{figure.format(day.figures)}</strong>
              {isToday && <span className="muted small">so far</span>}
              {day.comparisons.map((comparison) => (
                <Compared key={comparison.with} figure={figure} comparison={comparison} />
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}

function Compared({ figure, comparison }: { readonly figure: Figure; readonly comparison: DayComparison }) {
  const timeZone = useAbout()?.timeZone ?? 'UTC';
  const { figures, change } = comparison;
  // Files of orders do not say until when they are complete.
  if (comparison.until !== null && figures[figure.id] === null) return null;
  const changed = change?.[figure.id] ?? null;
  return (
    <span className="small">
      {changed !== null && (
        <>
          <span className={toneOf(changed)}>{changeText(changed, figure.inPoints)}</span>{' '}
        </>
      )}
      <span className="muted">
        {changed !== null && 'from '}
        <span className="kpi-whole">{figure.format(figures)}</span> {comparisonName(comparison, timeZone)}
      </span>
    </span>
  );
}

function toneOf(change: string): string {
  if (/^-?0\.00$/.test(change)) return 'muted';
  return change.startsWith('-') ? 'kpi-worse' : 'kpi-better';
}
