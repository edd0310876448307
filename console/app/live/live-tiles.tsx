import type { LiveReport } from '../../api/live';
import { formatCount } from '../shared/format';
import { RANGE_TEXTS, salesText } from './live-text';

/** The numbers of the range, and how many visitors are active now. */
export function LiveTiles({ report }: { readonly report: LiveReport }) {
  const { active_visitors, visitors, events, purchases, revenue, bots, minutes } = report;
  const range = `in ${RANGE_TEXTS[minutes]}`;
  const tiles: readonly (readonly [name: string, value: string, note: string])[] = [
    ['Active visitors', formatCount(active_visitors), 'in the last 5 minutes'],
    ['Visitors', formatCount(visitors), range],
    ['Orders', formatCount(purchases), range],
    ['Sales', salesText(revenue), range],
    ['Events', formatCount(events), range],
    ['Bots', formatCount(bots), 'events, counted only here'],
  ];
  return (
    <dl className="kpi-tiles live-tiles" aria-label="Numbers">
      {tiles.map(([name, value, note]) => (
        <div key={name} className="live-tile">
          <dt className="muted small">{name}</dt>
          <dd>
            <strong className="kpi-number">
              <bdi>{value}</bdi>
            </strong>
            <span className="muted small">{note}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
