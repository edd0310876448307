import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { Link } from 'wouter';
import type { EventView, ItemView, RawEventLine } from '../../api/sessions';
import { Time } from '../shared/about';
import { getJson } from '../shared/api';
import { FileText } from '../shared/file-text';
import { indented } from '../shared/indented-json';
import { Card, Fact } from '../shared/page';
import { Fetched } from '../shared/states';
import { isoOf, valueText } from './session-text';

interface Props {
  readonly event: EventView;
  readonly onClose: () => void;
}

/** An event with its products, and as it was received. */
export function EventPanel({ event, onClose }: Props) {
  const panel = useRef<HTMLDivElement>(null);
  const at = isoOf(event.micros);
  const raw = useQuery({
    queryKey: ['raw-event', event.event_id, at],
    queryFn: ({ signal }) => getJson<RawEventLine>('sessions/raw', { event: event.event_id, at }, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  useEffect(() => {
    panel.current?.scrollIntoView({ block: 'nearest' });
    panel.current?.focus({ preventScroll: true });
  }, []);
  return (
    <div ref={panel} tabIndex={-1} className="session-event">
      <Card
        title={`Event ${event.event_name}`}
        actions={
          <button type="button" onClick={onClose}>
            Close
          </button>
        }
      >
        <dl className="session-facts">
          <Fact name="Time">
            <Time at={at} />
          </Fact>
          <Fact name="Event id">
            <FileText>{event.event_id}</FileText>
          </Fact>
          <Fact name="Received by">
            <FileText>{event.entry_point}</FileText>
          </Fact>
          <Fact name="Source and medium">
            <FileText>{`${event.traffic_source} / ${event.traffic_medium}`}</FileText>
          </Fact>
          {event.user_id !== null && (
            <Fact name="User">
              <Link href={`/?period=all&person=${encodeURIComponent(event.user_id)}`}>
                <FileText>{event.user_id}</FileText>
              </Link>
            </Fact>
          )}
          {event.transaction_id !== null && (
            <Fact name="Transaction">
              <FileText>{event.transaction_id}</FileText>
            </Fact>
          )}
          {event.value !== null && <Fact name="Value">{valueText(event.value, event.currency)}</Fact>}
        </dl>
        {event.items.length > 0 && <Items items={event.items} />}
        <h3 className="kpi-heading">As received</h3>
        <Fetched query={raw} what="the raw event">
          {(found) => <Raw raw={found} />}
        </Fetched>
      </Card>
    </div>
  );
}

function Raw({ raw: { key, line, uploaded_at, text, is_hidden } }: { readonly raw: RawEventLine }) {
  return (
    <>
      <p className="muted small kpi-hint">
        Line {line} of{' '}
        <Link href={`~/files?key=${encodeURIComponent(key)}`}>
          <FileText>{key}</FileText>
        </Link>
        , uploaded <Time at={uploaded_at} />.
      </p>
      {text !== null ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keyboard
        <pre tabIndex={0} className="session-raw">
          {indented(text)}
        </pre>
      ) : (
        <p className="muted">
          {is_hidden
            ? 'Not shown, because this deployment pseudonymizes values of events. It is in archive/.'
            : 'The file is no longer archived.'}
        </p>
      )}
    </>
  );
}

function Items({ items }: { readonly items: readonly ItemView[] }) {
  return (
    <ul className="session-items">
      {items.map((item, at) => (
        <li key={at}>
          <FileText>{item.name ?? item.product_id ?? 'unnamed'}</FileText>{' '}
          <span className="muted small">
            <FileText>{itemText(item)}</FileText>
          </span>
        </li>
      ))}
    </ul>
  );
}

function itemText({ product_id, category, price, quantity, list_name, position }: ItemView): string {
  return [
    product_id,
    category,
    price !== null && `price ${valueText(price, null)}`,
    quantity !== null && quantity !== '1' && `${quantity} pieces`,
    list_name !== null && `in list ${list_name}`,
    position !== null && `position ${position}`,
  ]
    .filter(Boolean)
    .join(', ');
}
