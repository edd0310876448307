import { useState } from 'react';
import type { Run } from '../../../operations/executions/run';
import type { ExecutionEvent } from '../../api/executions';
import { Time } from '../shared/about';
import { type Column, DataTable } from '../shared/data-table';
import { Card } from '../shared/page';
import { JsonText } from './json-text';

interface Props {
  readonly events: readonly ExecutionEvent[];
  readonly run: Run;
}

/** The history as Step Functions returns it; a row shows its event's details. */
export function EventTable({ events, run }: Props) {
  const [selected, setSelected] = useState<string>();
  const event = events.find(({ id }) => String(id) === selected);
  const columns: readonly Column<ExecutionEvent>[] = [
    { id: 'id', header: 'Id', value: ({ id }) => id, numeric: true, width: 0.4 },
    { id: 'type', header: 'Type', value: ({ type }) => type, width: 1.6 },
    {
      id: 'state',
      header: 'State',
      value: ({ id, details }) => run.stateOfEvent.get(id) ?? textOf(details.name),
      width: 1.4,
    },
    {
      id: 'at',
      header: 'Time',
      value: ({ at }) => at,
      cell: ({ at }) => <Time at={at} />,
      width: 1.6,
      wideOnly: true,
    },
  ];
  return (
    <Card title="Events">
      <DataTable
        label="Events"
        columns={columns}
        rows={events}
        rowId={({ id }) => String(id)}
        onOpen={({ id }) => setSelected(selected === String(id) ? undefined : String(id))}
        selected={selected}
        height={360}
      />
      {event ? (
        <section aria-label={`Event ${event.id}`} className="event">
          <h3>
            {event.id} {event.type}
          </h3>
          {Object.entries(event.details).map(([name, value]) => (
            <div key={name}>
              <h4>{name}</h4>
              <JsonText text={typeof value === 'string' ? value : JSON.stringify(value)} label={name} />
            </div>
          ))}
          {Object.keys(event.details).length === 0 && <p className="muted">This event has no details.</p>}
        </section>
      ) : (
        <p className="muted small">Select an event to see its details.</p>
      )}
    </Card>
  );
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
