import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { LatestEvent } from '../../api/live';
import { useAbout } from '../shared/about';
import { type Column, DataTable } from '../shared/data-table';
import { FileText } from '../shared/file-text';
import { Card } from '../shared/page';
import { Empty, Fetched } from '../shared/states';
import { EventView } from './event-view';
import { clockText } from './live-text';
import { latestEventsQuery } from './queries';

/** The events that were received last; one can be opened. */
export function LatestEventList({ isPaused }: { readonly isPaused: boolean }) {
  const latest = useQuery(latestEventsQuery(isPaused));
  // Kept here, because it leaves the list soon.
  const [opened, setOpened] = useState<LatestEvent>();
  const timeZone = useAbout()?.timeZone ?? 'UTC';
  const columns = useMemo(() => columnsOf(timeZone), [timeZone]);
  return (
    <Card title="Latest events">
      <Fetched query={latest} what="latest events">
        {({ events }) =>
          events.length === 0 ? (
            <Empty title="No events of people">Events of bots are not listed.</Empty>
          ) : (
            <>
              <p className="muted small live-note">
                The last {events.length} as they were received. Select one for its JSON and its row.
              </p>
              <DataTable
                label="Latest events"
                columns={columns}
                rows={events}
                rowId={({ number }) => String(number)}
                onOpen={setOpened}
                selected={opened && String(opened.number)}
                height={320}
              />
            </>
          )
        }
      </Fetched>
      {opened && <EventView key={opened.number} event={opened} onClose={() => setOpened(undefined)} />}
    </Card>
  );
}

const columnsOf = (timeZone: string): readonly Column<LatestEvent>[] => [
  {
    id: 'received',
    header: 'Received',
    width: 0.6,
    value: ({ received_at }) => received_at,
    cell: ({ received_at }) => <time dateTime={received_at}>{clockText(received_at, timeZone, true)}</time>,
  },
  text('name', 'Event', 1.3, ({ row }) => row.event_name),
  text('what', 'What', 2.2, whatOf),
  { ...text('visitor', 'Visitor', 1.5, ({ row }) => row.visitor_id), wideOnly: true },
  { ...text('channel', 'Channel', 1.2, ({ row }) => row.channel), wideOnly: true },
];

function text(
  id: string,
  header: string,
  width: number,
  of: (event: LatestEvent) => string | undefined,
): Column<LatestEvent> {
  return { id, header, width, value: of, cell: (event) => <FileText>{of(event) ?? '–'}</FileText> };
}

/** The order, the first product, or the page. */
function whatOf({ row, items }: LatestEvent): string | undefined {
  const [first] = items;
  if (row.transaction_id !== undefined)
    return [row.transaction_id, row.value, row.currency].filter(Boolean).join(' ');
  return first?.name ?? first?.product_id ?? row.page_path;
}
