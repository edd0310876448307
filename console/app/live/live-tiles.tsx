import type { LiveReport } from '../../api/live';
import { formatCount } from '../shared/format';
import { NumberTile } from '../shared/number-tile';
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
        <NumberTile key={name} className="live-tile" name={name} value={value} note={note} />
      ))}
    </dl>
  );
}
