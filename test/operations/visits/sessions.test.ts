import { catalog } from '../../../catalog/catalog';
import type { OpenLake } from '../../../operations/lake/reader';
import { martOfDays } from '../../../operations/visits/mart-days';
import { readSessionEvents } from '../../../operations/visits/session-events';
import { readSession, readSessions, type SessionChoice } from '../../../operations/visits/sessions';
import { openLakeInMemory } from '../../builders/open-lake';
import { type Cells, mergeRows, type TestLake } from '../../builders/test-lake';

let open: OpenLake & { readonly lake: TestLake };
beforeEach(async () => {
  open = await openLakeInMemory();
});
afterEach(() => open.close());

function session(session_key: string, startedAt: string, values: Cells = {}): Cells {
  return {
    session_key,
    event_date: startedAt.slice(0, 10),
    visitor_id: session_key.split('/')[0] || null,
    session_id: session_key.split('/')[1] || null,
    started_at: startedAt,
    ended_at: startedAt,
    duration_seconds: '0.000000',
    events: 1,
    page_views: 1,
    source: '(direct)',
    medium: '(none)',
    channel: 'Direct',
    item_views: 0,
    cart_additions: 0,
    checkouts: 0,
    funnel_steps: 0,
    purchases: 0,
    revenue: '0.0000',
    is_engaged: 'false',
    year: startedAt.slice(0, 4),
    month: startedAt.slice(0, 7),
    ...values,
  };
}

function event(event_id: string, event_time: string, values: Cells = {}): Cells {
  return {
    event_id,
    event_name: 'page_view',
    event_time,
    is_time_received: 'false',
    received_at: event_time,
    event_date: event_time.slice(0, 10),
    source: 'http',
    traffic_source: '(direct)',
    traffic_medium: '(none)',
    channel: 'Direct',
    is_bot: 'false',
    item_count: 0,
    rules_version: 1,
    day: event_time.slice(0, 10),
    _source_key: 'input/events.ndjson',
    _source_modified_at: event_time,
    _source_line: 1,
    ...values,
  };
}

const item = (event_id: string, item_index: number, event_time: string, values: Cells = {}): Cells => {
  const {
    source: _,
    traffic_source: __,
    traffic_medium: ___,
    channel: ____,
    item_count: _____,
    ...shared
  } = event(event_id, event_time);
  return { ...shared, item_index, quantity: 1, ...values };
};

const mergeSessions = (...rows: Cells[]) => mergeRows(open.lake, catalog.martTable('sessions'), rows);
const mergeEvents = (...rows: Cells[]) => mergeRows(open.lake, catalog.stagingTable('events'), rows);

async function mart() {
  const found = await martOfDays(open, 'sessions');
  if (!found) throw new Error('there is no table');
  return found;
}

async function keysOf(choice: Partial<SessionChoice> = {}): Promise<string[]> {
  const { sessions } = await readSessions(open, await mart(), {
    days: { from: '2026-03-01', to: '2026-03-31' },
    order: 'started_at',
    isDescending: true,
    limit: 100,
    ...choice,
  });
  return sessions.map(({ session_key }) => session_key);
}

test('orders by value and not by text, and goes on after a place among equal values', async () => {
  await mergeSessions(
    session('a/1', '2026-03-01 10:00:00+00', { revenue: '9.5000', events: 10 }),
    session('b/1', '2026-03-02 10:00:00+00', { revenue: '100.0000', events: 9 }),
    session('c/1', '2026-03-03 10:00:00+00', { revenue: '9.5000', events: 9 }),
  );
  expect(await keysOf()).toEqual(['c/1', 'b/1', 'a/1']);
  expect(await keysOf({ order: 'revenue' })).toEqual(['b/1', 'c/1', 'a/1']);
  expect(await keysOf({ order: 'events', isDescending: false })).toEqual(['b/1', 'c/1', 'a/1']);
  const after = { place: '9.5000', session_key: 'c/1' };
  expect(await keysOf({ order: 'revenue', after })).toEqual(['a/1']);
});

test('finds a user by the events of a session, whose visitor is the browser', async () => {
  await mergeSessions(
    session('browser/s1', '2026-03-10 10:00:00+00', { ended_at: '2026-03-10 10:30:00+00' }),
    session('browser//1', '2026-03-10 11:00:00+00', {
      session_id: null,
      ended_at: '2026-03-10 11:30:00+00',
    }),
    session('user/s2', '2026-03-11 10:00:00+00'),
    session('other/s1', '2026-03-10 10:00:00+00', { ended_at: '2026-03-10 10:30:00+00' }),
  );
  const signedIn = { visitor_id: 'browser', user_id: 'user' };
  await mergeEvents(
    event('e1', '2026-03-10 10:10:00+00', { ...signedIn, session_id: 's1' }),
    event('e2', '2026-03-10 12:00:00+00', signedIn),
    event('e3', '2026-03-10 10:10:00+00', {
      ...signedIn,
      visitor_id: 'other',
      session_id: 's1',
      is_bot: 'true',
    }),
  );
  // The second session of the browser has no event of the user, and the other one only that of a bot.
  expect(await keysOf({ person: 'user' })).toEqual(['user/s2', 'browser/s1']);
  expect(await keysOf({ person: 'browser' })).toEqual(['browser//1', 'browser/s1']);
  expect(await keysOf({ person: "' or true --" })).toEqual([]);
});

test('shows the events of a session alone, each with the items of its newest version', async () => {
  await mergeSessions(
    session('v/s1', '2026-03-10 10:00:00+00', { ended_at: '2026-03-10 10:00:02.000001+00' }),
  );
  const of = { visitor_id: 'v', session_id: 's1' };
  await mergeEvents(
    event('e1', '2026-03-10 10:00:00+00', { ...of, event_name: 'view_item_list', item_count: 2 }),
    event('e2', '2026-03-10 10:00:02.000001+00', { ...of, value: '12.3400', currency: 'EUR' }),
    event('bot', '2026-03-10 10:00:01+00', { ...of, is_bot: 'true' }),
    event('other', '2026-03-10 10:00:01+00', { visitor_id: 'v', session_id: 's2' }),
  );
  await mergeRows(open.lake, catalog.stagingTable('event_items'), [
    item('e1', 1, '2026-03-10 10:00:00+00', { product_id: 'p2', price: '1.5000' }),
    item('e1', 0, '2026-03-10 10:00:00+00', { product_id: 'p1', list_name: 'related', position: 3 }),
    item('e1', 2, '2026-03-10 10:00:00+00', { product_id: 'of an older version' }),
  ]);
  const found = await readSession(open, await mart(), 'v/s1');
  if (!found) throw new Error('there is no session');
  const { events, total } = await readSessionEvents(open, found, undefined, 10);
  expect(total).toBe(2);
  expect(events).toMatchObject([
    {
      event_id: 'e1',
      items: [
        { product_id: 'p1', position: '3' },
        { product_id: 'p2', price: '1.5000' },
      ],
    },
    { event_id: 'e2', micros: '1773136802000001', value: '12.3400', currency: 'EUR', items: [] },
  ]);
  const first = await readSessionEvents(open, found, undefined, 1);
  const place = { micros: events[0]?.micros ?? '', event_id: 'e1' };
  const second = await readSessionEvents(open, found, place, 1);
  expect([...first.events, ...second.events]).toEqual(events);
});

test('says of a purchase that another event of its transaction counts', async () => {
  await mergeSessions(session('v/s1', '2026-03-10 10:00:00+00', { ended_at: '2026-03-10 10:00:09+00' }));
  const buys = (event_id: string, second: number, transaction_id: string | null) =>
    event(event_id, `2026-03-10 10:00:0${second}+00`, {
      ...{ visitor_id: 'v', session_id: 's1', event_name: 'purchase' },
      transaction_id,
    });
  await mergeEvents(buys('e1', 1, 't1'), buys('e2', 2, 't1'), buys('e3', 3, null), buys('e4', 4, 't2'));
  await mergeRows(open.lake, catalog.martTable('transactions'), [
    { transaction_id: 't1', event_id: 'e1', event_time: '2026-03-10 10:00:01+00' },
    // The same order was sent in an earlier session.
    { transaction_id: 't2', event_id: 'e0', event_time: '2026-03-09 10:00:00+00' },
  ]);
  const found = await readSession(open, await mart(), 'v/s1');
  if (!found) throw new Error('there is no session');
  const { events } = await readSessionEvents(open, found, undefined, 10);
  expect(events.map(({ event_id, is_repeated }) => [event_id, is_repeated])).toEqual([
    ['e1', false],
    ['e2', true],
    ['e3', false],
    ['e4', true],
  ]);
});

test('finds a session by its key, on its day only if one is given', async () => {
  await mergeSessions(session("v'/%2F", '2026-03-10 10:00:00+00', { campaign: 'spring' }));
  expect(await readSession(open, await mart(), "v'/%2F")).toMatchObject({
    campaign: 'spring',
    event_date: '2026-03-10',
  });
  expect(await readSession(open, await mart(), "v'/%2F", '2026-03-10')).toBeDefined();
  expect(await readSession(open, await mart(), "v'/%2F", '2026-03-11')).toBeUndefined();
  expect(await readSession(open, await mart(), 'nobody/1')).toBeUndefined();
});
