import type { StagedFile } from './stage-rows';

/** An event, and what is known of it. */
export interface SentEvent {
  readonly id: string;
  readonly name: string;
  readonly time: string;
  readonly visitor?: string;
  readonly session?: string;
  readonly transaction?: string;
  readonly value?: string;
  /** Of the value; EUR where not given. */
  readonly currency?: string | null;
  /** Direct where not given. */
  readonly channel?: string;
  readonly isBot?: boolean;
  /** Product, list and price of each item. */
  readonly items?: readonly (readonly [product: string | null, list?: string | undefined, price?: string])[];
}

/** The rows of events as validate makes them. @param uploadedAt epoch milliseconds */
export function eventFiles(sent: readonly SentEvent[], uploadedAt: number): StagedFile[] {
  const shared = ({ id, name, time, visitor, session, isBot = false }: SentEvent) => ({
    event_id: id,
    event_name: name,
    event_time: time,
    received_at: time,
    is_time_received: 'false',
    event_date: time.slice(0, 10),
    is_bot: String(isBot),
    visitor_id: visitor ?? null,
    session_id: session ?? null,
    rules_version: '1',
  });
  const events = sent.map((event) => ({
    ...shared(event),
    source: 'http',
    traffic_source: '(direct)',
    traffic_medium: '(none)',
    channel: event.channel ?? 'Direct',
    transaction_id: event.transaction ?? null,
    value: event.value ?? null,
    currency: event.value === undefined ? null : event.currency === undefined ? 'EUR' : event.currency,
    item_count: String(event.items?.length ?? 0),
  }));
  const items = sent.flatMap((event) =>
    (event.items ?? []).map(([product, list = null, price = null], index) => ({
      ...shared(event),
      item_index: String(index),
      product_id: product,
      list_name: list,
      price,
      quantity: '1',
    })),
  );
  return [
    { kind: 'events', rows: events, uploadedAt },
    { kind: 'event_items', rows: items, uploadedAt },
  ];
}
