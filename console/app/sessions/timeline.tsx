import { useMemo } from 'react';
import type { EventView } from '../../api/sessions';
import { type Column, DataTable } from '../shared/data-table';
import { FileText } from '../shared/file-text';
import { formatCount } from '../shared/format';
import { Badge } from '../shared/status';
import { STEP_NAMES, sinceStart, valueText } from './session-text';

interface Props {
  /** Microseconds since 1970. */
  readonly start: string;
  /** The furthest step of the session. */
  readonly furthest: string | null;
  readonly events: readonly EventView[];
  readonly selected: string | undefined;
  readonly onOpen: (event: EventView) => void;
  /** Called at the end of the list, to load more. */
  readonly onEnd: () => void;
}

/** The events of a session in their order. */
export function Timeline({ start, furthest, events, selected, onOpen, onEnd }: Props) {
  const columns = useMemo(
    (): Column<EventView>[] => [
      {
        id: 'time',
        header: 'Time',
        sortable: false,
        width: 0.7,
        minWidth: 86,
        value: ({ micros }) => micros,
        cell: ({ micros }) => <span className="mono">{sinceStart(micros, start)}</span>,
      },
      {
        id: 'event',
        header: 'Event',
        sortable: false,
        width: 1.3,
        minWidth: 130,
        value: ({ event_name }) => event_name,
        cell: ({ event_name }) => <FileText>{event_name}</FileText>,
      },
      {
        id: 'step',
        header: 'Step',
        sortable: false,
        width: 1.5,
        minWidth: 225,
        wideOnly: true,
        value: ({ event_name }) => event_name,
        cell: ({ event_name, is_repeated }) =>
          is_repeated ? (
            <Badge tone="warn">Repeated, not counted</Badge>
          ) : (
            STEP_NAMES[event_name] && (
              <Badge tone={event_name === furthest ? 'good' : 'quiet'}>
                {`${STEP_NAMES[event_name]}${event_name === furthest ? ' (furthest)' : ''}`}
              </Badge>
            )
          ),
      },
      {
        id: 'page',
        header: 'Page',
        sortable: false,
        width: 1.4,
        minWidth: 100,
        wideOnly: true,
        value: ({ page_path }) => page_path,
        cell: ({ page_path }) => (page_path === null ? '–' : <FileText>{page_path}</FileText>),
      },
      {
        id: 'product',
        header: 'Product',
        sortable: false,
        width: 1.4,
        minWidth: 100,
        value: ({ items }) => items[0]?.product_id,
        cell: ({ items }) => <Product items={items} />,
      },
      {
        id: 'value',
        header: 'Value',
        sortable: false,
        numeric: true,
        minWidth: 90,
        wideOnly: true,
        value: ({ value }) => value,
        cell: ({ value, currency }) => valueText(value, currency),
      },
      {
        id: 'source',
        header: 'Source',
        sortable: false,
        minWidth: 90,
        wideOnly: true,
        value: ({ traffic_source }) => traffic_source,
        cell: ({ traffic_source }) => <FileText>{traffic_source}</FileText>,
      },
    ],
    [start, furthest],
  );
  return (
    <DataTable
      label="Events of the session"
      columns={columns}
      rows={events}
      rowId={({ event_id }) => event_id}
      selected={selected}
      onOpen={onOpen}
      onEnd={onEnd}
      height={560}
    />
  );
}

/** The first product, and how many others there are. */
function Product({ items }: Pick<EventView, 'items'>) {
  const [first] = items;
  if (!first) return '–';
  const name = first.name ?? first.product_id ?? 'unnamed';
  return (
    <>
      <FileText>{name}</FileText>
      {items.length > 1 && ` and ${formatCount(items.length - 1)} more`}
    </>
  );
}
