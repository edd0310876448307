import { type PostgresServer, startPostgres } from '../../../bench/postgres-server';
import { verifyWarehouse } from '../../../operations/warehouse/verify';
import { connectWarehouse, exclusively, type Warehouse } from '../../../serving/warehouse/connection';
import { migrate } from '../../../serving/warehouse/migrate';
import { run } from '../../../tasks/ingest/ingest';
import { recordsOf } from '../../../tasks/ingest/records';
import { warehouseEvents } from '../../../tasks/ingest/warehouse-events';
import { describeWithPostgres } from '../../builders/describe-with-postgres';
import { eventCatalog as catalog } from '../../builders/kpi-catalog';
import { startPgliteServer } from '../../builders/pglite-database';
import { readStar } from '../../builders/read-star';
import { silentLogger } from '../../builders/silent-logger';
import { sqsBatch } from '../../builders/source-records';
import type { TaskPipeline } from '../../builders/task-pipeline';
import { useWarehouse } from '../../builders/use-warehouse';
import { loadWarehouse, loseConnectionAt } from '../../builders/warehouse-load';

const TIME_ZONE = 'Asia/Kolkata';
const NOW = Date.parse('2026-11-28T20:00:00Z');

let server: PostgresServer;
let pipeline: TaskPipeline;
let url: string;
let warehouse: Warehouse;
const useServer = (start: () => Promise<PostgresServer>): void =>
  useWarehouse(start, catalog, TIME_ZONE, (own) => {
    ({ server, pipeline, url, warehouse } = own);
    pipeline.now = NOW;
  });

const view = (id: string, more: object = {}) => ({
  event_id: id,
  event_name: 'view_item',
  event_time: '2026-11-28T18:45:10.123456Z',
  client_id: 'v1',
  user_id: 'u1',
  items: [{ product_id: 'p1', item_list_name: 'sale', price: 2.5, quantity: 2 }, { product_id: 'p2' }],
  ...more,
});
const EVENTS = [
  view('e1'),
  view('e2', { event_name: 'add_to_cart', user_id: 'u2', currency: 'eur', value: '7,50' }),
  view('e3', { event_name: 'purchase', transaction_id: 't1', currency: 'USD', value: 12.25 }),
  {
    event_id: 'e4',
    event_name: 'page_view',
    client_id: 'v\u0000\ud800',
    page_location: 'https://shop.example/a?utm_source=x',
  },
  {
    event_id: 'e5',
    event_name: 'select_item',
    client_id: 'Googlebot',
    user_agent: 'Googlebot/2.1',
    items: [{ product_id: 'p1' }],
  },
  // Rejected: no name, no object, a time that is none.
  { event_id: 'e6' },
  7,
  view('e7', { event_time: 'yesterday' }),
];

/** Ingests records of SQS, one for each event. @param connected changes a connection before ingest has it */
const ingest = (
  events: readonly unknown[] = EVENTS,
  connected: (one: Warehouse) => void = () => {},
  to = url,
  waitSeconds?: number,
) =>
  run(recordsOf(sqsBatch(...events.map((event) => JSON.stringify(event)))), {
    bucket: pipeline.bucket,
    deadLetters: { send: async () => {} },
    clock: () => new Date(pipeline.now),
    logger: silentLogger,
    writeEvents: warehouseEvents({
      contracts: catalog.contracts,
      values: { timeZone: TIME_ZONE },
      waitSeconds,
      connectWarehouse: async () => {
        const connection = await connectWarehouse(to);
        connected(connection);
        return connection;
      },
    }),
  });

/** Runs the workflow over the files of ingest, and then the load. */
async function process() {
  const files = [];
  for await (const { key, etag, size, lastModified } of pipeline.bucket.list('input/events/'))
    files.push({ key, etag, size, uploaded_at: lastModified.toISOString() });
  await pipeline.executeBatch(files);
  for (const { key } of files) await pipeline.bucket.delete(key);
}

const load = (to = url) => loadWarehouse({ bucket: pipeline.bucket, catalog, url: to, timeZone: TIME_ZONE });

const rows = async (sql: string) => (await warehouse.query({ text: sql, rowMode: 'array' })).rows;
const starOf = async (address: string) => {
  const connection = await connectWarehouse(address);
  try {
    return await readStar(connection);
  } finally {
    await connection.end();
  }
};
/** What a load into an empty database makes. */
async function fromScratch() {
  const other = await server.createDatabase();
  await load(other);
  return starOf(other);
}

/** What holds for every server. */
function ingests(): void {
  test('events are in the star schema before the lake has them, as a load makes them', async () => {
    await ingest();
    expect(
      await rows('select event_id, item_index, event_date::text, time_key from fact_events order by 1, 2'),
    ).toEqual([
      ['e1', '0', '2026-11-29', '2026112900'],
      ['e1', '1', '2026-11-29', '2026112900'],
      ['e2', '0', '2026-11-29', '2026112900'],
      ['e2', '1', '2026-11-29', '2026112900'],
      ['e3', '0', '2026-11-29', '2026112900'],
      ['e3', '1', '2026-11-29', '2026112900'],
      ['e4', '-1', '2026-11-28', '2026112815'],
      ['e5', '0', '2026-11-28', '2026112815'],
    ]);
    expect(await rows('select event_id, item_index, list_name from fact_clicks order by 1, 2')).toEqual([
      ['e1', '0', 'sale'],
      ['e1', '1', null],
    ]);
    expect(await rows('select event_id, quantity_change from fact_cart order by 1, item_index')).toEqual([
      ['e2', '2'],
      ['e2', '1'],
    ]);
    expect(await rows('select count(*) from ingested_events')).toEqual([['5']]);
    const ingested = await readStar(warehouse);
    await process();
    expect(Object.entries((await load()).changed).filter(([, count]) => count > 0)).toEqual([]);
    expect(await readStar(warehouse)).toEqual(ingested);
    expect(await fromScratch()).toEqual(ingested);
    expect(await rows('select count(*) from ingested_events')).toEqual([['0']]);
  });

  test('an event that comes again, also after its load, changes nothing', async () => {
    await ingest();
    const ingested = await readStar(warehouse);
    await ingest([...EVENTS, ...EVENTS]);
    expect(await readStar(warehouse)).toEqual(ingested);
    await process();
    await load();
    await ingest();
    expect(await readStar(warehouse)).toEqual(ingested);
    expect(await rows('select count(*) from ingested_events')).toEqual([['0']]);
  });

  test('what the lake says of an event replaces what ingest wrote', async () => {
    await ingest([view('e1')]);
    pipeline.now += 1;
    await ingest(
      [view('e1', { user_id: 'u9', items: [{ product_id: 'p3' }] })],
      undefined,
      await server.createDatabase(),
    );
    await process();
    await load();
    expect(
      await rows(
        'select user_id, product_id from fact_events join dim_user using (user_key) join dim_product using (product_key)',
      ),
    ).toEqual([['u9', 'p3']]);
    expect(await rows('select user_id from dim_user where user_key > 0')).toEqual([['u9']]);
    expect(await readStar(warehouse)).toEqual(await fromScratch());
  });

  test('a load leaves events alone that are on their way, and a verification does not count them', async () => {
    await ingest([view('e1')]);
    await process();
    await load();
    await ingest([view('e2')]);
    expect((await load()).changed.fact_events).toBe(0);
    const verification = await pipeline.withLake((lake) =>
      verifyWarehouse(lake, warehouse, catalog, { timeZone: TIME_ZONE, currency: undefined }),
    );
    expect(verification).toEqual({ different_rows: {}, differences: 0 });
    expect(await rows('select distinct event_id from fact_events order by 1')).toEqual([['e1'], ['e2']]);
    // After a day without coming to the lake they are a difference.
    await warehouse.query("update ingested_events set ingested_at = now() - interval '2 days'");
    const late = await pipeline.withLake((lake) =>
      verifyWarehouse(lake, warehouse, catalog, { timeZone: TIME_ZONE, currency: undefined }),
    );
    expect(late.different_rows.fact_events).toBe(2);
  });

  test('a warehouse that cannot be reached or written to keeps nothing from the lake', async () => {
    expect(await ingest(EVENTS, undefined, 'postgres://daybook@127.0.0.1:1/none')).toEqual({
      batchItemFailures: [],
    });
    await load();
    await warehouse.query("insert into applied_migrations (number, name) values (99, 'later')");
    expect(await ingest([view('e8')])).toEqual({ batchItemFailures: [] });
    await warehouse.query('delete from applied_migrations where number = 99');
    expect(await rows('select count(*) from fact_events')).toEqual([['0']]);
    await process();
    await load();
    expect(await rows('select count(distinct event_id) from fact_events')).toEqual([['6']]);
  });
}

describe('ingest into PGlite', () => {
  useServer(startPgliteServer);
  ingests();
});

describeWithPostgres('ingest into PostgreSQL', () => {
  useServer(startPostgres);
  ingests();

  test.each([
    ['before', false],
    ['after', true],
  ])(
    'a connection that is lost %s any statement leaves all events or none, and the load completes them',
    async (_, isApplied) => {
      await ingest(EVENTS.slice(0, 1));
      await process();
      await load();
      const before = await server.createDatabase(await closedCopy());
      const none = await starOf(before);
      const complete = await server.createDatabase(before);
      await ingest(EVENTS, undefined, complete);
      const all = await starOf(complete);
      await process();
      await load(complete);
      const loaded = await starOf(complete);
      const outcomes = new Set<unknown>();
      let statement = isApplied ? 2 : 1;
      for (let hasOccurred = true; hasOccurred; statement += 1) {
        const copy = await server.createDatabase(before);
        let fault = { hasOccurred: () => false };
        const answer = await ingest(
          EVENTS,
          (connection) => {
            fault = loseConnectionAt(connection, { statement, isApplied });
          },
          copy,
        );
        hasOccurred = fault.hasOccurred();
        expect({ statement, answer }).toEqual({ statement, answer: { batchItemFailures: [] } });
        const star = await starOf(copy);
        expect({ statement, star }).toEqual({
          statement,
          star: star.fact_events?.length === all.fact_events?.length ? all : none,
        });
        outcomes.add(star.fact_events?.length);
        await load(copy);
        expect({ statement, star: await starOf(copy) }).toEqual({ statement, star: loaded });
      }
      expect(statement).toBeGreaterThan(15);
      expect(outcomes.size).toBe(2);
      expect(all.fact_events).not.toEqual(none.fact_events);
    },
    300_000,
  );

  /** The database of the test, to which nothing is connected while it is copied. */
  async function closedCopy(): Promise<string> {
    await warehouse.end();
    const copy = await server.createDatabase(url);
    warehouse = await connectWarehouse(copy);
    return url;
  }

  test('several at a time, with the same new members in another order, and a load among them', async () => {
    await ingest([view('e0')]);
    await process();
    const many = Array.from({ length: 60 }, (_, at) =>
      view(`e${at}`, {
        user_id: `u${at % 7}`,
        items: [{ product_id: `p${at % 5}` }, { product_id: `p${at % 3}` }],
      }),
    );
    const answers = await Promise.all([
      ...[many, [...many].reverse(), many.slice(20), many.slice(0, 40).reverse()].map((events) =>
        ingest(events),
      ),
      load(),
      load(),
    ]);
    expect(answers.slice(0, 4)).toEqual(Array(4).fill({ batchItemFailures: [] }));
    expect(await rows('select count(distinct event_id), count(*) from fact_events')).toEqual([['60', '120']]);
    await process();
    await load();
    expect(await readStar(warehouse)).toEqual(await fromScratch());
  });

  test('a long load makes ingest wait, and then leave its events to the next one', async () => {
    await migrate(warehouse, 5);
    const other = await connectWarehouse(url);
    try {
      await exclusively(other, 5, async () => {
        const started = Date.now();
        expect(await ingest([view('e1')], undefined, url, 1)).toEqual({ batchItemFailures: [] });
        expect(Date.now() - started).toBeGreaterThan(1_000);
      });
    } finally {
      await other.end();
    }
    expect(await rows('select count(*) from fact_events')).toEqual([['0']]);
  });
});
