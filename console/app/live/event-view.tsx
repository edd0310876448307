import { useEffect, useRef } from 'react';
import type { LatestEvent } from '../../api/live';
import { FileText } from '../shared/file-text';
import { indented } from '../shared/indented-json';

/** An event as it was sent, beside the rows that it becomes. */
export function EventView({ event, onClose }: { readonly event: LatestEvent; readonly onClose: () => void }) {
  const head = useRef<HTMLElement>(null);
  useEffect(() => head.current?.focus(), []);
  const { raw, is_cut, row, items } = event;
  return (
    <section className="live-event" aria-label="Event" ref={head} tabIndex={-1}>
      <div className="card-head">
        <h3 className="kpi-heading">
          <FileText>{row.event_name ?? ''}</FileText>
        </h3>
        <button type="button" className="small" onClick={onClose}>
          Close
        </button>
      </div>
      <div className="live-event-parts">
        <section aria-label="As received">
          <h4 className="small muted">As received</h4>
          {raw === null ? (
            <p className="muted">
              Not shown, because this deployment pseudonymizes values of events. It is in{' '}
              <code>archive/</code>.
            </p>
          ) : (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keyboard
            <pre className="live-json" tabIndex={0}>
              {is_cut ? `${raw}…` : indented(raw)}
            </pre>
          )}
        </section>
        <section aria-label="Row of events">
          <h4 className="small muted">Row of events</h4>
          <Values row={row} />
        </section>
        {items.map((item, index) => (
          <section key={index} aria-label={`Item ${index + 1}`}>
            <h4 className="small muted">Row {index + 1} of event_items</h4>
            <Values row={item} />
          </section>
        ))}
      </div>
    </section>
  );
}

function Values({ row }: { readonly row: Readonly<Record<string, string>> }) {
  return (
    <dl className="live-values">
      {Object.entries(row).map(([column, value]) => (
        <div key={column}>
          <dt>{column}</dt>
          <dd>
            <FileText>{value}</FileText>
          </dd>
        </div>
      ))}
    </dl>
  );
}
