import { type Catalog, catalog, createCatalog } from '../../../catalog/catalog';
import type { Contract } from '../../../domain/contract';
import { readSnapshot } from '../../../lake/snapshot';
import { readFileLine } from '../../../operations/lineage/file-line';
import { readStagedRow } from '../../../operations/lineage/staged-row';
import { csv, ORDERS } from '../../builders/csv';
import { TaskPipeline } from '../../builders/task-pipeline';

jest.setTimeout(120_000);

const DAY = Date.UTC(2025, 3, 1);
const HOUR = 3_600_000;

const VISITS: Contract = {
  kind: 'visits',
  key: ['id'],
  partition: { by: 'value', of: 'place' },
  history: true,
  columns: [
    { name: 'id', type: 'int64', required: true },
    { name: 'place', type: 'text', required: true },
  ],
};
const withVisits = createCatalog({
  contracts: [...catalog.contracts, VISITS],
  inputs: catalog.inputs,
  marts: catalog.marts,
});

let pipeline: TaskPipeline;
const start = (own: Catalog = catalog) => {
  pipeline = new TaskPipeline('UTC', own);
};
afterEach(() => pipeline.close());

const upload = (name: string, uploadedAt: number, text: string) => ({
  key: `input/${name}.csv`,
  csv: text,
  uploadedAt,
});
const lineage = (kind: string, key: Record<string, string>) =>
  pipeline.withLake((lake) =>
    readStagedRow(lake, pipeline.catalog, kind, key, (location) => readSnapshot(lake, location)),
  );

test('versions are in order, each with its file, line and execution; the one that won is named', async () => {
  start();
  const first = await pipeline.process([
    upload(
      'orders_1',
      DAY,
      csv(ORDERS, '2,8,sold,2025-03-01T10:00:00Z,,,,1', '1,7,sold,2025-03-01T10:00:00Z,,,,1'),
    ),
  ]);
  const second = await pipeline.process([
    upload('orders_2', DAY + HOUR, csv(ORDERS, '1,7,returned,2025-03-01T10:00:00Z,,,,1')),
  ]);
  const { versions, from } = await lineage('orders', { order_id: '1' });
  expect(from).toBe('log');
  expect(versions).toMatchObject([
    {
      is_current: true,
      values: { order_id: '1', status: 'returned' },
      source_key: 'input/orders_2.csv',
      uploaded_at: '2025-04-01T01:00:00.000Z',
      line: 2,
      staged: { execution: second },
    },
    {
      is_current: false,
      values: { order_id: '1', status: 'sold' },
      source_key: 'input/orders_1.csv',
      line: 3,
      staged: { execution: first },
    },
  ]);
  expect((await lineage('orders', { order_id: '9' })).versions).toEqual([]);
});

test('with a history, a version that never won is among them, and so is one that deletes the row', async () => {
  start(withVisits);
  await pipeline.process([upload('visits_1', DAY + HOUR, csv('id,place', '1,Bonn'))]);
  await pipeline.process([upload('visits_0', DAY, csv('id,place', '1,Ulm'))]);
  await pipeline.process([upload('visits_2', DAY + 2 * HOUR, csv('id,place,_deleted', '1,Bonn,true'))]);
  const { versions, from } = await lineage('visits', { id: '1' });
  expect(from).toBe('history');
  expect(
    versions.map(({ source_key, is_current, is_deleted, values }) => [
      source_key,
      is_current,
      is_deleted,
      values.place,
    ]),
  ).toEqual([
    ['input/visits_2.csv', true, true, null],
    ['input/visits_1.csv', false, false, 'Bonn'],
    ['input/visits_0.csv', false, false, 'Ulm'],
  ]);
});

test.each([
  [{}, 'order_id is missing'],
  [{ order_id: 'x' }, 'order_id: expected a value of the type long, got "x"'],
])('the key %j is refused', async (key, why) => {
  start();
  await pipeline.process([upload('orders', DAY, csv(ORDERS, '1,7,sold,2025-03-01T10:00:00Z,,,,1'))]);
  await expect(lineage('orders', key)).rejects.toThrow(why);
});

describe('the line of a row in its file', () => {
  const lineIn = async (name: string, body: string | Uint8Array, line: number) => {
    start();
    await pipeline.bucket.put(`archive/${name}`, body);
    const size = Buffer.byteLength(body);
    const file = {
      key: `input/${name}`,
      destination: `archive/${name}`,
      size,
      uploaded_at: '2025-04-01T00:00:00Z',
    };
    return readFileLine(pipeline.bucket, catalog, file, line);
  };
  const QUOTED = '2,8,"sold, ""twice""\nand again",2025-03-01T10:00:00Z,,,,1';

  test('is its exact text, over several physical lines where a quote holds them, with cells by column', async () => {
    const text = csv(
      ORDERS,
      '1,7,sold,2025-03-01T10:00:00Z,,,,1',
      QUOTED,
      '3,7,sold,2025-03-01T10:00:00Z,,,,1',
    );
    const found = await lineIn('orders.csv', text, 3);
    expect(found).toMatchObject({ text: QUOTED, note: null });
    expect(found.cells[2]).toEqual({ column: 'status', value: 'sold, "twice"\nand again' });
    expect(await lineIn('orders.csv', text, 5)).toMatchObject({
      text: '3,7,sold,2025-03-01T10:00:00Z,,,,1',
    });
  });

  test('of JSON and of events, too', async () => {
    const order = '{"order_id": 1, "user_id": 7, "created_at": "2025-03-01T10:00:00Z"}';
    expect((await lineIn('orders.ndjson', `${order}\n${order.replace('1', '2')}\n`, 2)).text).toBe(
      order.replace('1', '2'),
    );
    const event = '{"event_name": "page_view", "event_time": "2025-03-01T10:00:00Z", "client_id": "c"}';
    expect((await lineIn('events_1.ndjson', `${event}\n`, 1)).text).toBe(event);
  });

  test.each([
    ['orders.csv', csv(ORDERS), 7, 'no row that starts in this line'],
    ['orders.csv', 'x\n1\n', 2, 'cannot be read by the present contracts'],
  ])('%s without such a row says so', async (name, text, line, note) => {
    expect(await lineIn(name, text, line)).toMatchObject({ text: null, note: expect.stringContaining(note) });
  });
});
