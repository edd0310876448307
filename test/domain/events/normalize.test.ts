import * as fc from 'fast-check';
import { eventNormalizer } from '../../../domain/events/normalize';
import { EVENTS, eventOf, faultsOf, ITEMS, normalize, normalizer, rowsOf } from './event-builders';

const NATIVE = {
  event_id: 'e1',
  event_name: 'view_item',
  event_time: '2026-11-28T10:00:00Z',
  user_id: 'u1',
  client_id: 'c1',
  session_id: 's1',
  page_url: 'https://shop.example/p/1?utm_source=google&utm_medium=cpc',
  referrer: 'https://www.google.com/',
  user_agent:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
  country: 'DE',
  device_type: 'mobile',
  transaction_id: null,
  value: 12.5,
  currency: 'EUR',
  items: [
    {
      product_id: 'p1',
      name: 'Mug',
      category: 'Kitchen',
      price: 12.5,
      quantity: 1,
      list_name: 'related',
      position: 3,
    },
  ],
};

test('a native event is one row, and one row per item', () => {
  expect(rowsOf(NATIVE)).toMatchObject({
    event: {
      event_id: 'e1',
      event_name: 'view_item',
      event_time: '2026-11-28 10:00:00.000000',
      is_time_received: 'false',
      received_at: '2026-11-28 10:00:05.250000',
      event_date: '2026-11-28',
      source: 'http',
      user_id: 'u1',
      client_id: 'c1',
      session_id: 's1',
      visitor_id: 'c1',
      page_path: '/p/1',
      referrer_host: 'google.com',
      referrer_class: 'search',
      utm_source: 'google',
      utm_medium: 'cpc',
      traffic_source: 'google',
      traffic_medium: 'cpc',
      channel: 'Paid Search',
      country: 'DE',
      browser: 'Safari',
      os: 'iOS',
      device_type: 'mobile',
      is_bot: 'false',
      bot_reason: null,
      transaction_id: null,
      value: '12.5000',
      currency: 'EUR',
      item_count: '1',
      _extra: null,
    },
    items: [
      {
        event_id: 'e1',
        item_index: '0',
        event_name: 'view_item',
        event_time: '2026-11-28 10:00:00.000000',
        visitor_id: 'c1',
        is_bot: 'false',
        product_id: 'p1',
        name: 'Mug',
        category: 'Kitchen',
        price: '12.5000',
        quantity: '1',
        list_name: 'related',
        position: '3',
        _extra: null,
      },
    ],
  });
});

describe('one event', () => {
  const { items, ...flat } = NATIVE;
  const [item] = items;
  const ga4 = {
    event_date: '20261128',
    event_timestamp: 1795860000000000,
    event_name: 'view_item',
    user_id: 'u1',
    user_pseudo_id: 'c1',
    event_params: [
      { key: 'insert_id', value: { string_value: 'e1', int_value: null } },
      { key: 'ga_session_id', value: { string_value: 's1' } },
      { key: 'page_location', value: { string_value: NATIVE.page_url } },
      { key: 'page_referrer', value: { string_value: NATIVE.referrer } },
      { key: 'value', value: { string_value: null, int_value: null, float_value: null, double_value: 12.5 } },
      { key: 'currency', value: { string_value: 'eur' } },
      { key: 'user_agent', value: { string_value: NATIVE.user_agent } },
    ],
    device: { category: 'mobile' },
    geo: { country: 'DE', region: '(not set)' },
    items: [
      {
        item_id: 'p1',
        item_name: 'Mug',
        item_category: 'Kitchen',
        price: 12.5,
        quantity: 1,
        item_list_name: 'related',
        item_params: [{ key: 'index', value: { int_value: 3 } }],
      },
    ],
  };
  const segment = {
    type: 'track',
    event: 'Product Viewed',
    messageId: 'e1',
    timestamp: '2026-11-28T11:00:00.000+01:00',
    anonymousId: 'c1',
    userId: 'u1',
    properties: {
      session_id: 's1',
      value: '12.50',
      currency: 'EUR',
      country: 'DE',
      products: [{ ...item, price: '12.5', position: '3' }],
    },
    context: {
      page: { url: NATIVE.page_url, referrer: NATIVE.referrer, path: '/p/1' },
      userAgent: NATIVE.user_agent,
      device: { type: 'mobile' },
    },
  };
  const kafka = {
    uuid: 'e1',
    ts: 1795860000,
    user: { id: 'u1' },
    client_id: 'c1',
    session: { id: 's1' },
    url: NATIVE.page_url,
    referer: NATIVE.referrer,
    user_agent: NATIVE.user_agent,
    geo: { country: 'DE' },
    device: 'mobile',
    amount: 12.5,
    currency: 'EUR',
    product_id: 'p1',
    product_name: 'Mug',
    category: 'Kitchen',
    price: 12.5,
    quantity: 1,
    list_name: 'related',
    position: 3,
  };
  const typed = {
    event_id: 'e1',
    event_type: 'product',
    event_subtype: 'view',
    timestamp: '1795860000000',
    metadata: JSON.stringify({
      ...flat,
      event_id: undefined,
      event_name: undefined,
      event_time: undefined,
      items,
    }),
  };

  const withoutExtra = (rows: ReturnType<typeof rowsOf>) => ({
    event: { ...rows.event, _extra: undefined },
    items: rows.items,
  });

  test.each([
    ['GA4', ga4, {}],
    ['Segment-like', segment, {}],
    ['a Kafka topic', kafka, { topic: 'shop.clicks' }],
    ['type and subtype', typed, {}],
  ])('as %s gives the same row as a native one', (_, event, received) => {
    expect(withoutExtra(rowsOf(event, received))).toEqual(withoutExtra(rowsOf(NATIVE)));
  });
});

/** 502 bytes in UTF-8. */
const LONG = 'é'.repeat(251);

describe('an event is rejected, with the column and the rule', () => {
  test.each([
    [null, ': expected a JSON object, got "null"'],
    [[NATIVE], /^: expected a JSON object, got/],
    ['page_view', ': expected a JSON object, got "page_view"'],
    [{ ...NATIVE, event_name: '(not set)' }, /^event_name: expected a name of what happened/],
    [{ ...NATIVE, event_time: 'yesterday' }, /^event_time: expected a time in ISO 8601.*got "yesterday"$/],
    [{ ...NATIVE, event_time: '1999-12-31T23:59:59Z' }, /^event_time: expected a time after the year 2000/],
    [
      { ...NATIVE, event_time: '2026-11-29T10:00:07Z' },
      /^event_time: expected a time at most 24 hours after/,
    ],
    [{ ...NATIVE, value: '12 apples' }, /^value: expected an amount.*got "12 apples"$/],
    [
      { ...NATIVE, items: [{ product_id: 'p1' }, { price: 3 }] },
      /^items\[1\]: expected a product_id or a name/,
    ],
    [{ ...NATIVE, items: [{ product_id: 'p1', quantity: 1.5 }] }, /^items\[0\]\.quantity: expected/],
    [{ ...NATIVE, event_id: LONG }, /^event_id: expected an id of at most 500 bytes, got "é+…"$/],
    [{ ...NATIVE, user_id: LONG }, /^user_id: expected an id of at most 500 bytes/],
    [
      { ...NATIVE, items: [{ product_id: LONG }] },
      /^items\[0\]\.product_id: expected an id of at most 500 bytes/,
    ],
    [{ ...NATIVE, items: 'a mug' }, 'items: expected a list of items as JSON, got "a mug"'],
  ])('%#: %j', (event, expected) => {
    const [fault, ...others] = faultsOf(event);
    expect(fault).toEqual(typeof expected === 'string' ? expected : expect.stringMatching(expected));
    expect(others).toEqual([]);
  });

  test('with all that is wrong with it', () => {
    expect(faultsOf({ event_time: 'x', value: 'y' }).map((fault) => fault.split(':')[0])).toEqual([
      'event_time',
      'event_name',
      'value',
    ]);
  });

  test('a record that is not JSON, with its text', () => {
    expect(faultsOf(undefined, { text: 'hello' })).toEqual([
      ': expected a JSON object, got text that is not JSON: "hello"',
    ]);
  });

  test('in a file, without a time', () => {
    expect(faultsOf({ event_name: 'page_view' }, { source: 'file' })).toEqual([
      expect.stringMatching(/^event_time: expected a time, got none/),
    ]);
  });

  test('with more nesting than any event has, whether it is an object or a list', () => {
    const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
    for (const event of [{ ...NATIVE, deep }, deep, [{ ...NATIVE, deep }]])
      expect(faultsOf(event)).toEqual([': expected at most 50 levels of objects and lists, got more']);
  });
});

test('an event without a time has that of its receipt, and says so', () => {
  const event = eventOf({ event_name: 'page_view' });
  expect(event).toMatchObject({ event_time: event.received_at, is_time_received: 'true' });
});

test('an event at most 24 hours ahead of its receipt is accepted, and so is one of years ago', () => {
  expect(eventOf({ ...NATIVE, event_time: '2026-11-29T10:00:05Z' }).event_date).toBe('2026-11-29');
  expect(eventOf({ ...NATIVE, event_time: '2000-01-01' }).event_time).toBe('2000-01-01 00:00:00.000000');
});

test('the id is the given one, otherwise that of the position', () => {
  expect(eventOf(NATIVE).event_id).toBe('e1');
  expect(eventOf({ event_name: 'page_view', event_id: ' ' }).event_id).toBe('http:position');
  expect(eventOf({ event_name: 'page_view', event_id: 7 }).event_id).toBe('7');
});

test('the visitor is the client, so that signing in does not split a visit', () => {
  const visitor = (event: object) => eventOf({ event_name: 'login', ...event }).visitor_id;
  expect(visitor({ client_id: 'c1' })).toBe('c1');
  expect(visitor({ client_id: 'c1', user_id: 'u1' })).toBe('c1');
  expect(visitor({ user_id: 'u1' })).toBe('u1');
  expect(visitor({ visitor_id: 'v1', user_id: 'u1' })).toBe('v1');
  expect(visitor({})).toBeNull();
});

test('properties that no column has are kept, with their types; those of no value and addresses are not', () => {
  const { _extra } = eventOf({
    ...NATIVE,
    theme: 'dark',
    scroll: 80,
    device: { brand: 'Apple', screen: { width: 390 } },
    properties: { theme: 'light', tags: ['a', { b: 1 }] },
    coupon: '(not set)',
    ip_address: '203.0.113.7',
    context: { ip: '203.0.113.7' },
    source: 'newsletter',
    __proto__x: 1,
  });
  expect(JSON.parse(_extra ?? '')).toEqual({
    theme: 'dark',
    scroll: 80,
    'device.brand': 'Apple',
    'device.screen.width': 390,
    'properties.theme': 'light',
    tags: ['a', { b: 1 }],
    source: 'newsletter',
    __proto__x: 1,
  });
});

test('a column that a deployment adds has the property of its name', () => {
  const events = {
    ...EVENTS,
    columns: [
      ...EVENTS.columns,
      { name: 'scroll_depth', type: 'int64' as const, required: false, aliases: ['percent_scrolled'] },
    ],
  };
  const found = normalizer({ events })({ ...NATIVE, percent_scrolled: '90' });
  expect(found).toMatchObject({ event: { scroll_depth: '90', _extra: null } });
  expect(normalizer({ events })({ ...NATIVE, scroll_depth: 'all' })).toEqual({
    faults: [expect.stringMatching(/^scroll_depth: expected/)],
  });
});

test('pseudonyms replace ids before they become the visitor', () => {
  const events = {
    ...EVENTS,
    columns: EVENTS.columns.map((column) =>
      column.name === 'user_id' ? { ...column, pseudonymize: true } : column,
    ),
  };
  const pseudonymized = normalizer({ events, pseudonym: (text) => `hash of ${text}` });
  expect(pseudonymized({ ...NATIVE, client_id: null })).toMatchObject({
    event: { user_id: 'hash of u1', visitor_id: 'hash of u1' },
    items: [{ user_id: 'hash of u1', visitor_id: 'hash of u1' }],
  });
});

test('the value of a purchase without one is that of its items; other events have none', () => {
  const items = [
    { product_id: 'p1', price: '0.1', quantity: 3 },
    { product_id: 'p2', price: 12.3456 },
  ];
  expect(eventOf({ event_name: 'purchase', items }).value).toBe('12.6456');
  expect(eventOf({ event_name: 'purchase', items, value: 9 }).value).toBe('9.0000');
  expect(eventOf({ event_name: 'purchase', items: [...items, { product_id: 'p3' }] }).value).toBeNull();
  expect(eventOf({ event_name: 'add_to_cart', items }).value).toBeNull();
});

test.each([
  ['UTC', '2026-11-28'],
  ['America/New_York', '2026-11-27'],
  ['Asia/Tokyo', '2026-11-28'],
])('the day of an event is that in %s', (timeZone, day) => {
  const found = normalizer({ settings: { timeZone } })({ ...NATIVE, event_time: '2026-11-28T04:59:59.999Z' });
  expect(found).toMatchObject({ event: { event_date: day } });
});

const anyEvent = fc.jsonValue({ maxDepth: 6 });
const NAMES = EVENTS.columns.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
const ITEM_NAMES = ITEMS.columns.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
const someProperties = (names: readonly string[]) =>
  fc.dictionary(
    fc.oneof(fc.constantFrom(...names), fc.string()),
    fc.oneof(
      anyEvent,
      fc.string({ unit: 'binary' }),
      fc.double(),
      fc.constantFrom(
        '2026-11-28',
        'https://a.example/?utm_source=x',
        '{',
        "{'a': 1}",
        '[[[',
        'pr1=idA~nmB',
        '12,50',
      ),
    ),
  );

test('no value throws', () => {
  const contract = eventNormalizer({ events: EVENTS, items: ITEMS });
  const event = fc.oneof(
    anyEvent,
    someProperties([...NAMES, 'items', 'event_params', 'properties', 'user_agent', 'pr1', 'metadata']),
    fc.record({ event_name: fc.string(), items: fc.array(someProperties(ITEM_NAMES)) }),
  );
  fc.assert(
    fc.property(event, fc.string(), (event, received_at) => {
      for (const at of [received_at, '2026-11-28T10:00:00.000Z']) {
        const found = contract({ source: 'kafka', received_at: at, event_id: 'id', event });
        if (!found.ok) {
          expect(found.faults.length).toBeGreaterThan(0);
          continue;
        }
        for (const { values, extra } of [found.event, ...found.items]) {
          for (const value of values) expect(value === null || typeof value === 'string').toBe(true);
          if (extra !== null) expect(typeof JSON.parse(extra)).toBe('object');
        }
      }
    }),
    { numRuns: 2000 },
  );
});

test('a number and the text of its digits give the same rows', () => {
  const number = fc.oneof(
    fc.integer({ min: -1_000_000, max: 1_000_000 }),
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }),
  );
  fc.assert(
    fc.property(number, fc.nat(), (price, quantity) => {
      const event = (value: unknown, pieces: unknown) => ({
        event_name: 'purchase',
        value,
        order_id: pieces,
        theme: null,
        items: [{ id: pieces, price: value, quantity: pieces }],
      });
      expect(normalize(event(String(price), String(quantity)))).toEqual(normalize(event(price, quantity)));
    }),
  );
});

test('the unit of a time since 1970 is told by its magnitude', () => {
  const from = Date.UTC(2000, 0, 1);
  fc.assert(
    fc.property(fc.integer({ min: from, max: Date.UTC(2026, 10, 28) }), (milliseconds) => {
      const expected = new Date(milliseconds).toISOString().replace('T', ' ').replace('Z', '000');
      const whole = `${expected.slice(0, 19)}.000000`;
      const time = (event_time: unknown) => eventOf({ event_name: 'x', event_time }).event_time;
      expect(time(milliseconds)).toBe(expected);
      expect(time(milliseconds * 1000)).toBe(expected);
      expect(time(`${milliseconds}000123`)).toBe(expected);
      expect(time(`${milliseconds}000`)).toBe(expected);
      expect(time(Math.floor(milliseconds / 1000))).toBe(whole);
      expect(time((milliseconds / 1000).toFixed(3))).toBe(expected);
      expect(time(new Date(milliseconds).toISOString())).toBe(expected);
    }),
  );
});
