import type { LiveReport } from '../../api/live';
import { formatCount, formatPercent } from '../shared/format';
import { Card } from '../shared/page';
import { RANGE_TEXTS } from './live-text';

/** How many visitors took each step, whatever they did before. */
export function Funnel({ report: { funnel, visitors, minutes } }: { readonly report: LiveReport }) {
  const steps: readonly (readonly [name: string, visitors: number])[] = [
    ['All visitors', visitors],
    ['Viewed a product', funnel.viewed],
    ['Added to cart', funnel.carted],
    ['Began checkout', funnel.checked_out],
    ['Purchased', funnel.purchased],
  ];
  const shareOf = (count: number) => (visitors === 0 ? 0 : (100 * count) / visitors);
  return (
    <Card title={`Funnel of ${RANGE_TEXTS[minutes]}`}>
      <ol className="live-funnel">
        {steps.map(([name, count]) => (
          <li key={name}>
            <span>{name}</span>
            <span className="live-funnel-count">
              {formatCount(count)} <span className="muted small">{formatPercent(shareOf(count))}</span>
            </span>
            <span className="live-funnel-track" aria-hidden="true">
              <span className="live-funnel-bar" style={{ width: `${shareOf(count)}%` }} />
            </span>
          </li>
        ))}
      </ol>
    </Card>
  );
}
