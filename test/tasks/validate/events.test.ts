import { gzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { createCatalog } from '../../../catalog/catalog';
import type { RawEvent } from '../../../domain/events/envelope';
import { eventsKey, rejectedKey, rejectedRowsKey, taskResultKey } from '../../../domain/object-keys';
import { validateResultSchema } from '../../../domain/workflow';
import { merge } from '../../../lake/merge';
import { scan } from '../../../lake/scan';
import { readSnapshot } from '../../../lake/snapshot';
import { columnNames } from '../../../lake/table-spec';
import { kpiDefinitions } from '../../builders/kpi-catalog';
import { parquetOf } from '../../builders/parquet';
import { readDeltaRows } from '../../builders/read-delta';
import { TaskPipeline } from '../../builders/task-pipeline';

let pipeline: TaskPipeline;
beforeEach(() => {
  pipeline = new TaskPipeline();
});
afterEach(() => pipeline.close());

const NOON = Date.UTC(2026, 10, 28, 12);
const at = (minutes: number) => new Date(NOON + minutes * 60_000).toISOString();

const raw = (event: unknown, more: Partial<RawEvent> = {}): RawEvent => ({
  event_id: (event as { event_id?: string } | null)?.event_id ?? 'sqs:m1',
  received_at: at(0),
  source: 'sqs',
  position: 'm1',
  event,
  ...more,
});

const EVENTS = [
  {
    event_id: 'e1',
    event_name: 'view_item',
    event_time: at(-1),
    client_id: 'c1',
    items: [{ product_id: 'p1', price: 5 }],
  },
  {
    event_id: 'e2',
    event_name: 'add_to_cart',
    event_time: at(-1),
    client_id: 'c1',
    items: [
      { product_id: 'p1', price: 5 },
      { product_id: 'p2', price: 7 },
    ],
  },
  {
    event_id: 'e3',
    event_name: 'page_view',
    event_time: '2026-11-20T08:00:00Z',
    client_id: 'c2',
    theme: 'dark',
  },
];

const lines = (values: readonly unknown[]) => `${values.map((value) => JSON.stringify(value)).join('\n')}\n`;

let files = 0;
/** Runs one execution over a file; its entry in the result, and its rejected rows. */
async function load(
  body: string | Uint8Array,
  key = eventsKey('sqs', new Date(NOON), `${++files}`),
  minutes = 1,
) {
  const uploadedAt = NOON + minutes * 60_000;
  const executionId = await pipeline.process([{ key, csv: body, uploadedAt }]);
  const result = validateResultSchema.parse(
    JSON.parse(pipeline.bucket.text(taskResultKey(executionId, 'validate')) ?? ''),
  );
  const rejected = pipeline.bucket.text(rejectedRowsKey(rejectedKey(executionId, key))) ?? '';
  return { file: result.files[0], rejected: parse(rejected, { columns: true }) as Record<string, string>[] };
}

const rowsOf = async (table: string) => readDeltaRows(pipeline.bucket, `staging/${table}`);
const stored = async () => ({
  events: (await rowsOf('events'))
    .map(({ event_id, event_name, event_date, day, visitor_id, item_count, source, _extra }) => ({
      event_id,
      event_name,
      event_date: String(event_date),
      day,
      visitor_id,
      item_count: Number(item_count),
      source,
      _extra,
    }))
    .toSorted((a, b) => String(a.event_id).localeCompare(String(b.event_id))),
  items: (await rowsOf('event_items'))
    .map(({ event_id, item_index, product_id, price, quantity }) =>
      [event_id, Number(item_index), product_id, String(price), Number(quantity)].join(' '),
    )
    .toSorted(),
});

test('a raw file becomes rows of events and of their items', async () => {
  const { file, rejected } = await load(gzipSync(lines(EVENTS.map((event) => raw(event)))));
  expect(file).toMatchObject({
    outcome: 'valid',
    kind: 'events',
    rows: 6,
    bad_rows: 0,
    mapped: [
      { kind: 'events', rows: 3 },
      { kind: 'event_items', rows: 3 },
    ],
  });
  expect(rejected).toEqual([]);
  expect(await stored()).toEqual({
    events: [
      {
        event_id: 'e1',
        event_name: 'view_item',
        event_date: '2026-11-28',
        day: '2026-11-28',
        visitor_id: 'c1',
        item_count: 1,
        source: 'sqs',
        _extra: null,
      },
      {
        event_id: 'e2',
        event_name: 'add_to_cart',
        event_date: '2026-11-28',
        day: '2026-11-28',
        visitor_id: 'c1',
        item_count: 2,
        source: 'sqs',
        _extra: null,
      },
      {
        event_id: 'e3',
        event_name: 'page_view',
        event_date: '2026-11-20',
        day: '2026-11-20',
        visitor_id: 'c2',
        item_count: 0,
        source: 'sqs',
        _extra: '{"theme":"dark"}',
      },
    ],
    items: ['e1 0 p1 5.0000 1', 'e2 0 p1 5.0000 1', 'e2 1 p2 7.0000 1'],
  });
});

test('a doubled delivery, whatever it came with and through, gives the same rows', async () => {
  await load(gzipSync(lines(EVENTS.map((event) => raw(event)))));
  const before = await stored();
  // The same file under another name; the same events alone; twice in one file.
  await load(gzipSync(lines(EVENTS.map((event) => raw(event)))), undefined, 2);
  for (const event of EVENTS.toReversed())
    await load(gzipSync(lines([raw(event), raw(event)])), undefined, 3);
  expect(await stored()).toEqual(before);
});

test('an event without a time that is delivered again after midnight is one event, in any order', async () => {
  const event = { event_id: 'e1', event_name: 'page_view', client_id: 'c1' };
  const deliveries = [
    raw(event, { received_at: '2026-11-28T23:59:59.900Z' }),
    raw(event, { received_at: '2026-11-29T00:00:01.000Z', source: 'http' }),
  ];
  await load(lines(deliveries.slice(0, 1)));
  await load(lines(deliveries.slice(1)));
  const [only, ...others] = (await stored()).events;
  expect(others).toEqual([]);
  expect(only).toMatchObject({ day: '2026-11-29', source: 'http' });
  pipeline.close();
  pipeline = new TaskPipeline();
  await load(lines(deliveries.slice(1)));
  await load(lines(deliveries.slice(0, 1)), undefined, 2);
  expect((await stored()).events).toEqual([only]);
});

test('bad events are rejected rows with their line and reason, however many, and can be corrected', async () => {
  const bad = [
    raw({ event_id: 'b1', event_time: at(0) }),
    raw({ event_id: 'b2', event_name: 'purchase', value: 'ten' }),
    {
      event_id: 'b3',
      received_at: at(0),
      source: 'kafka',
      topic: 'clicks',
      position: 'clicks-0-7',
      text: 'hello',
    },
  ];
  const key = eventsKey('sqs', new Date(NOON), 'bad');
  const { file, rejected } = await load(lines([...bad, raw(EVENTS[0])]), key);
  expect(file).toMatchObject({ outcome: 'valid', rows: 2, bad_rows: 3 });
  expect(rejected).toEqual([
    {
      line: '1',
      column: 'event_name',
      reason: expect.stringContaining('expected a name of what happened'),
      row: JSON.stringify(bad[0]),
    },
    { line: '2', column: 'value', reason: expect.stringContaining('got "ten"'), row: JSON.stringify(bad[1]) },
    {
      line: '3',
      column: '',
      reason: expect.stringContaining('not JSON: "hello"'),
      row: JSON.stringify(bad[2]),
    },
  ]);
  await load(rejected[1]?.row?.replace('"ten"', '10') ?? '', 'input/events_corrected.ndjson', 2);
  expect((await stored()).events.map(({ event_id }) => event_id)).toEqual(['b2', 'e1']);
});

describe('an uploaded file of events', () => {
  const COLUMNS = ['event_name', 'timestamp', 'anonymousId', 'items', 'theme'];
  const ROWS = [
    ['Product Viewed', '2026-11-28T10:00:00Z', 'c1', '[{"sku":"p1","price":"5"}]', ''],
    ['page', '1795860060', 'c2', '', 'dark'],
  ];
  const objects = ROWS.map((row) =>
    Object.fromEntries(row.flatMap((cell, at) => (cell === '' ? [] : [[COLUMNS[at], cell]]))),
  );
  const csv = `${[COLUMNS, ...ROWS].map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(';')).join('\r\n')}\r\n`;

  test.each([
    ['NDJSON', 'input/events_may.ndjson', () => lines(objects)],
    ['a JSON array', 'input/events/may.json', () => JSON.stringify(objects)],
    ['CSV', 'input/shop/Events 2026.csv', () => csv],
    [
      'Parquet',
      'input/events.parquet',
      () =>
        parquetOf(
          `select * from (values ${ROWS.map((row) => `(${row.map((cell) => (cell === '' ? 'null' : `'${cell}'`)).join(', ')})`).join(', ')}) as rows(${COLUMNS.map((name) => `"${name}"`).join(', ')})`,
        ),
    ],
  ])('as %s has the same events, and once if it comes twice', async (_, key, body) => {
    const content = await body();
    const { file } = await load(content, key);
    expect(file).toMatchObject({ outcome: 'valid', kind: 'events', bad_rows: 0, rows: 3 });
    await load(content, key.replace('.', '_again.'), 2);
    const { events, items } = await stored();
    // Ids are hashes, whose order means nothing.
    expect(events.toSorted((a, b) => String(a.event_name).localeCompare(String(b.event_name)))).toEqual([
      expect.objectContaining({
        event_name: 'page_view',
        visitor_id: 'c2',
        source: 'file',
        _extra: '{"theme":"dark"}',
      }),
      expect.objectContaining({ event_name: 'view_item', visitor_id: 'c1', source: 'file', item_count: 1 }),
    ]);
    expect(items).toEqual([expect.stringMatching(/^file:[\da-f]{32} 0 p1 5.0000 1$/)]);
  });

  test('that cannot be read to its end has a fault, and no row of it is loaded', async () => {
    const whole = gzipSync(lines(EVENTS.map((event) => raw(event))));
    expect((await load(whole.subarray(0, whole.length - 12))).file).toMatchObject({
      outcome: 'invalid',
      kind: 'events',
    });
    const cut = `${lines(objects)}{"event_name": "pa`;
    expect((await load(cut, 'input/events_cut.ndjson')).file).toMatchObject({
      outcome: 'invalid',
      reason: expect.stringContaining('the last row, in line 3, is cut off'),
    });
    expect((await load('', 'input/events_empty.ndjson')).file).toMatchObject({ outcome: 'invalid' });
    expect(await rowsOf('events').catch(() => [])).toEqual([]);
  });
});

test('a row of another width is a bad row', async () => {
  const { file, rejected } = await load(
    'event_name,timestamp\npage_view,2026-11-28T10:00:00Z\npage_view\npage_view,2026-11-28T11:00:00Z\n',
    'input/events.csv',
  );
  expect(file).toMatchObject({ rows: 2, bad_rows: 1 });
  expect(rejected).toEqual([{ line: '3', column: '', reason: 'expected 2 fields, got 1', row: 'page_view' }]);
});

test('a file in the folder of events with the name of another kind is of that kind', async () => {
  const { file } = await load('id,name\n1,Mug\n', 'input/events/products.csv');
  expect(file).toMatchObject({ outcome: 'valid', kind: 'products', rows: 1 });
});

test('a raw file is of events whatever its name', async () => {
  const { file } = await load(lines([raw(EVENTS[0])]), 'input/events/kafka/2026/11/28/orders-0-7.ndjson');
  expect(file).toMatchObject({ outcome: 'valid', kind: 'events', rows: 2 });
});

test('pseudonyms replace ids, and no cell of a bad event is quoted', async () => {
  pipeline.close();
  const contracts = kpiDefinitions.contracts.map((contract) => ({
    ...contract,
    columns: contract.columns.map((column) =>
      contract.kind === 'events' && column.name === 'user_id' ? { ...column, pseudonymize: true } : column,
    ),
  }));
  pipeline = new TaskPipeline('UTC', createCatalog({ ...kpiDefinitions, contracts }));
  const { rejected } = await load(
    lines([
      raw({ event_id: 'e1', event_name: 'login', user_id: 'ann@shop.example' }),
      raw({ event_id: 'e2', event_name: 'login', user_id: 'ann@shop.example', value: 'ann@shop.example' }),
    ]),
  );
  expect(rejected).toEqual([{ line: '2', column: 'value', reason: expect.any(String), row: '' }]);
  expect(JSON.stringify(rejected)).not.toContain('ann@');
  const [row] = await rowsOf('events');
  expect(row).toMatchObject({ user_id: expect.stringMatching(/^[\da-f]{32}$/), visitor_id: row?.user_id });
});

test('the row that later rules make of a line replaces that of earlier rules, and not the other way round', async () => {
  await load(lines([raw(EVENTS[0])]));
  const table = pipeline.catalog.stagingTable('events');
  const withRules = (version: number, isBot: boolean) =>
    pipeline.withLake(async (lake) => {
      const snapshot = await readSnapshot(lake, table.location);
      if (!snapshot) throw new Error('no table');
      await scan(lake, snapshot, table, 'stored', columnNames(table));
      const rows = `(select * replace (${version}::bigint as rules_version, ${isBot} as is_bot) from stored)`;
      return merge(lake, table, { rows });
    });
  expect(await withRules(2, true)).toMatchObject({ updated: 1, superseded: 0 });
  expect(await withRules(1, false)).toMatchObject({ updated: 0, superseded: 1 });
  expect((await rowsOf('events')).map(({ is_bot }) => is_bot)).toEqual(['true']);
});
