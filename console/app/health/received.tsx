import { useQuery } from '@tanstack/react-query';
import type { EventDay, ReceivedHealth } from '../../api/health';
import { type Column, DataTable } from '../shared/data-table';
import { formatCount, formatDay, formatPercent } from '../shared/format';
import { ORIGIN_NAMES, receivedVerdict, rejectedShare } from './intake-verdicts';
import { Part } from './part';
import { receivedQuery } from './queries';

const number = (id: keyof Omit<EventDay, 'day' | 'origin'>, header: string): Column<EventDay> => ({
  id,
  header,
  value: (day) => day[id],
  cell: (day) => formatCount(day[id]),
  numeric: true,
  minWidth: 80,
});

const COLUMNS: readonly Column<EventDay>[] = [
  {
    id: 'day',
    header: 'Day (UTC)',
    value: ({ day }) => day,
    cell: ({ day }) => formatDay(day),
    minWidth: 110,
  },
  {
    id: 'origin',
    header: 'From',
    value: ({ origin }) => ORIGIN_NAMES[origin],
    minWidth: 90,
  },
  number('received', 'Received'),
  number('distinct', 'Distinct'),
  number('duplicates', 'Duplicates'),
  number('bots', 'Bots'),
  number('rejected', 'Rejected'),
];

const SHOWN_REASONS = 10;

/** Whether the events of each day add up, and why some were rejected. */
export function Received() {
  const received = useQuery(receivedQuery);
  return (
    <Part title="Events received" query={received} verdict={receivedVerdict}>
      {(found) => (
        <>
          {found.days.length > 0 && (
            <DataTable
              label="Events received by day"
              columns={COLUMNS}
              rows={found.days}
              rowId={({ day, origin }) => `${day} ${origin}`}
              height={320}
            />
          )}
          <p className="note muted small">
            Received = distinct + duplicates + bots + rejected, of the files that were processed.{' '}
            <code>daybook verify</code> looks up every event.
          </p>
          <Reasons {...found} />
        </>
      )}
    </Part>
  );
}

function Reasons({ days, reasons, is_partial }: ReceivedHealth) {
  if (reasons.length === 0) return null;
  const more = reasons.length - SHOWN_REASONS;
  return (
    <>
      <h3>Rejected: {formatPercent(rejectedShare(days))}</h3>
      <ul className="actions">
        {reasons.slice(0, SHOWN_REASONS).map(({ column, rule, events }) => (
          <li key={`${column} ${rule}`}>
            {formatCount(events)} × {column !== '' && <code>{column}</code>} {rule}
          </li>
        ))}
      </ul>
      {(more > 0 || is_partial) && (
        <p className="note muted small">
          {more > 0 && `${formatCount(more)} more reasons. `}
          {is_partial && 'Of the newest 50 files with rejected events.'}
        </p>
      )}
    </>
  );
}
