import { createHash } from 'node:crypto';
import { type PostgresServer, startPostgres } from '../../../bench/postgres-server';
import { createCatalog } from '../../../catalog/catalog';
import { definitions } from '../../../catalog/definitions';
import { COPIED_ROWS } from '../../../domain/object-keys';
import { connectWarehouse, exclusively, type Warehouse } from '../../../serving/warehouse/connection';
import type { Dialect } from '../../../serving/warehouse/dialect';
import { migrate } from '../../../serving/warehouse/migrate';
import { STAR_TABLES } from '../../../serving/warehouse/star';
import { describeWithPostgres } from '../../builders/describe-with-postgres';
import { eventFiles, type SentEvent } from '../../builders/event-rows';
import { startPgliteServer } from '../../builders/pglite-database';
import { readStar, type StarRows } from '../../builders/read-star';
import { asRedshift } from '../../builders/redshift-on-postgres';
import { type StagedFile, stageRows } from '../../builders/stage-rows';
import { TaskPipeline } from '../../builders/task-pipeline';
import { useWarehouse } from '../../builders/use-warehouse';
import {
  type LoadOptions,
  loadWarehouse,
  loseConnectionAt,
  type StatementFault,
} from '../../builders/warehouse-load';

/** The star schema reads no marts. */
const catalog = createCatalog({ ...definitions, marts: [] });

const DAY_MS = 86_400_000;
const START = Date.UTC(2025, 2, 1);
const day = (number: number) => START + (number - 1) * DAY_MS;
const at = (number: number) => new Date(day(number)).toISOString();

const mug = (price: string | null, on: number): StagedFile => ({
  kind: 'products',
  rows: [
    price === null
      ? { id: '1', _deleted: 'true' }
      : { id: '1', name: 'Mug', category: 'Kitchen', cost: '2', retail_price: price, department: 'Home' },
  ],
  uploadedAt: day(on),
});
const order = (id: string, on: number, cells: Record<string, string> = {}) => ({
  order_id: id,
  user_id: '7',
  created_at: at(on),
  num_of_item: '1',
  ...cells,
});
const item = (id: string, on: number, cells: Record<string, string> = {}) => ({
  id,
  order_id: id,
  product_id: '1',
  created_at: at(on),
  sale_price: '5',
  ...cells,
});
const orders = (uploadedOn: number, ...rows: StagedFile['rows']): StagedFile => ({
  kind: 'orders',
  rows,
  uploadedAt: day(uploadedOn),
});
const items = (uploadedOn: number, ...rows: StagedFile['rows']): StagedFile => ({
  kind: 'order_items',
  rows,
  uploadedAt: day(uploadedOn),
});

let server: PostgresServer;
let pipeline: TaskPipeline;
let url: string;
let warehouse: Warehouse;
let isRedshift: boolean;

const useServer = (start: () => Promise<PostgresServer>, dialect: Dialect['name'] = 'postgres'): void => {
  beforeAll(() => {
    isRedshift = dialect === 'redshift';
  });
  useWarehouse(start, catalog, 'UTC', (own) => {
    ({ server, pipeline, url, warehouse } = own);
  });
};

const load = (options: Partial<LoadOptions> = {}) => {
  const all = { bucket: pipeline.bucket, catalog, url, ...options };
  return loadWarehouse(isRedshift ? asRedshift(all) : all);
};
const rows = async (sql: string) => (await warehouse.query({ text: sql, rowMode: 'array' })).rows;

/** Retail price, start and end (days of March 2025) of each version of the mug. */
const versions = () =>
  rows(
    `select retail_price::float8, valid_from::date::text, valid_to::date::text, is_current, is_deleted from dim_product where product_id = '1' order by valid_from`,
  );
/** The retail price at the time of each item. */
const prices = () =>
  rows(
    `select order_item_id, retail_price::float8, is_deleted from fact_order_items join dim_product using (product_key) order by 1`,
  );

/** What holds for every server. */
function loads(): void {
  test('a late version of a product splits an interval, and its facts get the version that is valid at their time', async () => {
    await stageRows(pipeline, [
      mug('10', 2),
      mug('12', 20),
      items(21, item('1', 1), item('2', 5), item('3', 15), item('4', 20), item('5', 25)),
    ]);
    await load();
    expect(await versions()).toEqual([
      [10, '1900-01-01', '2025-03-20', false, false],
      [12, '2025-03-20', '9999-12-31', true, false],
    ]);
    const keys = await rows('select product_key from dim_product where product_key > 0 order by valid_from');
    await stageRows(pipeline, [mug('11', 10)]);
    expect((await load()).changed).toMatchObject({ dim_product: 2, fact_order_items: 1 });
    expect(await versions()).toEqual([
      [10, '1900-01-01', '2025-03-10', false, false],
      [11, '2025-03-10', '2025-03-20', false, false],
      [12, '2025-03-20', '9999-12-31', true, false],
    ]);
    expect(await prices()).toEqual([
      ['1', 10, false],
      ['2', 10, false],
      ['3', 11, false],
      ['4', 12, false],
      ['5', 12, false],
    ]);
    const [first, , last] = await rows(
      'select product_key from dim_product where product_key > 0 order by valid_from',
    );
    expect([first, last]).toEqual(keys);
  });

  test('a version without a change makes no interval, and a deleted product has one without values', async () => {
    await stageRows(pipeline, [
      mug('10', 2),
      mug('10', 4),
      mug(null, 6),
      items(9, item('1', 5), item('2', 7)),
    ]);
    await load();
    expect(await versions()).toEqual([
      [10, '1900-01-01', '2025-03-06', false, false],
      [null, '2025-03-06', '9999-12-31', true, true],
    ]);
    expect(await prices()).toEqual([
      ['1', 10, false],
      ['2', null, true],
    ]);
  });

  test('a fact that arrives before its product has an inferred member, whose row the product completes', async () => {
    await stageRows(pipeline, [items(9, item('1', 5))]);
    await load();
    const before = await rows(
      'select product_key, is_inferred, category from dim_product where product_key > 0',
    );
    expect(before).toEqual([[expect.any(String), true, 'Unknown']]);
    await stageRows(pipeline, [mug('10', 10)]);
    await load();
    expect(
      await rows('select product_key, is_inferred, category from dim_product where product_key > 0'),
    ).toEqual([[before[0]?.[0], false, 'Kitchen']]);
  });

  test('a deleted order takes along the members that only it has', async () => {
    await stageRows(pipeline, [orders(2, order('1', 1), order('2', 2, { user_id: '8' }))]);
    await load({ currency: 'EUR' });
    expect(await rows('select user_id from dim_user where user_key > 0 order by 1')).toEqual([['7'], ['8']]);
    await stageRows(pipeline, [orders(3, { order_id: '2', _deleted: 'true' })]);
    expect((await load({ currency: 'EUR' })).changed).toMatchObject({
      fact_orders: 1,
      dim_user: 1,
      dim_time: 1,
    });
    expect(await rows('select user_id from dim_user where user_key > 0')).toEqual([['7']]);
    expect(await rows('select time_key from dim_time where time_key > 0')).toEqual([['2025030100']]);
    expect(await rows('select currency_code from dim_currency where currency_key > 0')).toEqual([['EUR']]);
  });

  test('a load without changes writes no row', async () => {
    await stageRows(pipeline, [mug('10', 2), orders(2, order('1', 1)), items(2, item('1', 1))]);
    expect((await load()).migrations).toEqual(isRedshift ? [1, 2] : [1, 2, 3, 4]);
    const again = await load();
    expect(again.migrations).toEqual([]);
    expect(Object.values(again.changed).every((count) => count === 0)).toBe(true);
    expect(again.versions).toMatchObject({ orders: 0, events: null });
  });

  test('the currency of an order is its own, otherwise that of the shop, which every load sets', async () => {
    const byOrder = () =>
      rows(
        'select order_id, currency_code from fact_orders join dim_currency using (currency_key) order by order_id',
      );
    await stageRows(pipeline, [orders(2, order('1', 1), order('2', 1, { currency: ' gbp' }))]);
    await load({ currency: 'EUR' });
    expect(await rows('select currency_code from shop')).toEqual([['EUR']]);
    expect(await byOrder()).toEqual([
      ['1', 'EUR'],
      ['2', 'GBP'],
    ]);
    const other = await load({ currency: 'USD' });
    expect(other.changed).toMatchObject({ shop: 1, fact_orders: 1 });
    expect(await rows('select currency_code from shop')).toEqual([['USD']]);
    expect(await byOrder()).toEqual([
      ['1', 'USD'],
      ['2', 'GBP'],
    ]);
    expect((await load()).changed).toMatchObject({ shop: 1 });
    expect(await rows('select currency_code from shop')).toEqual([[null]]);
  });

  test('another reporting time zone loads everything again, on other days', async () => {
    await stageRows(pipeline, [orders(2, { ...order('1', 1), created_at: '2025-03-01T23:30:00Z' })]);
    await load();
    expect(await rows('select order_date::text, time_key from fact_orders')).toEqual([
      ['2025-03-01', '2025030123'],
    ]);
    await load({ timeZone: 'Asia/Kolkata' });
    expect(await rows('select order_date::text, time_key from fact_orders')).toEqual([
      ['2025-03-02', '2025030205'],
    ]);
    expect(await rows('select time_key from dim_time where time_key > 0')).toEqual([['2025030205']]);
  });

  test('another lake at the same place is loaded whole', async () => {
    await stageRows(pipeline, [orders(2, order('1', 1), order('2', 1))]);
    await load();
    const other = new TaskPipeline('UTC', catalog);
    try {
      await stageRows(other, [orders(2, order('2', 1), order('3', 1))]);
      await load({ bucket: other.bucket });
      expect(await rows('select order_id from fact_orders order by 1')).toEqual([['2'], ['3']]);
    } finally {
      other.close();
    }
  });

  test('a warehouse of a newer release is left alone', async () => {
    await load();
    await warehouse.query("insert into applied_migrations (number, name) values (99, 'later')");
    await expect(load()).rejects.toThrow('the warehouse has migration 99 of a newer release');
  });
}

/** What holds for PostgreSQL alone. */
function postgresLoads(): void {
  test('two migrations at the same time apply each once', async () => {
    const other = await connectWarehouse(url);
    try {
      const applied = await Promise.all([migrate(warehouse, 30), migrate(other, 30)]);
      expect(applied.flat()).toEqual([1, 2, 3, 4]);
    } finally {
      await other.end();
    }
  });

  test('a server that cannot be reached is named without user and password', async () => {
    const error = await connectWarehouse('postgres://someone:hunter2@127.0.0.1:1/shop').catch((one) => one);
    expect(error.name).toBe('WarehouseError');
    expect(error.message).toContain('127.0.0.1:1/shop');
    expect(error.message).not.toMatch(/hunter2|someone/);
  });

  test('every table and column has a comment', async () => {
    await load();
    expect(
      await rows(
        `select relname, attname from pg_class join pg_attribute on attrelid = pg_class.oid
        where relkind in ('r', 'v') and relnamespace = 'public'::regnamespace and attnum >= 0 and not attisdropped
          and col_description(pg_class.oid, attnum) is null and relname <> 'applied_migrations'`,
      ),
    ).toEqual([]);
  });
}

describe('load into PGlite', () => {
  useServer(startPgliteServer);
  loads();
  postgresLoads();
});

describeWithPostgres('load by the statements for Redshift', () => {
  useServer(startPostgres, 'redshift');
  loads();

  test('COPY reads the rows from the bucket, which has none of them afterwards, whether it succeeds or fails', async () => {
    await stageRows(pipeline, [orders(2, order('1', 1))]);
    await load();
    const { bucket } = pipeline;
    const copied = bucket.callsOf('upload').filter((key) => key.startsWith(COPIED_ROWS));
    expect(copied).toEqual([expect.stringMatching(/^warehouse\/[\w-]+\/staged_orders\.parquet$/)]);
    expect(bucket.keys(COPIED_ROWS)).toEqual([]);

    await stageRows(pipeline, [orders(3, order('2', 2))]);
    bucket.before = ({ operation, key }) => {
      if (operation === 'download' && key.startsWith(COPIED_ROWS)) throw new Error('access denied');
    };
    await expect(load()).rejects.toThrow('access denied');
    bucket.before = undefined;
    expect(bucket.keys(COPIED_ROWS)).toEqual([]);
    await load();
    expect(await rows('select order_id from fact_orders order by 1')).toEqual([['1'], ['2']]);
  });

  test('text that is too long is cut, and ids that differ only there stay different', async () => {
    const long = (end: string) => `${'é'.repeat(1500)}${end}`;
    const fits = 'é'.repeat(1024);
    const viewed = (id: string): SentEvent => ({ id, name: 'page_view', time: at(2), visitor: fits });
    await stageRows(pipeline, eventFiles([viewed(long('1')), viewed(long('2'))], day(3)));
    await load();
    const hash = (id: string) => createHash('sha256').update(id).digest('hex');
    const found = await rows(
      'select left(event_id, 960), length(event_id), right(event_id, 64), visitor_id from fact_events',
    );
    expect(found).toHaveLength(2);
    for (const end of ['1', '2'])
      expect(found).toContainEqual(['é'.repeat(960), 1024, hash(long(end)), fits]);
    const again = await load();
    expect(Object.values(again.changed).every((count) => count === 0)).toBe(true);
  });

  test('tables and their columns have the comments of PostgreSQL', async () => {
    await load();
    expect(
      await rows(
        "select relname from pg_class where oid in (select objoid from pg_description) and relkind = 'r' and relnamespace = 'public'::regnamespace order by 1",
      ),
    ).toEqual(['applied_migrations', ...STAR_TABLES, 'loaded_versions'].sort().map((table) => [table]));
  });
});

describeWithPostgres('load into PostgreSQL', () => {
  useServer(startPostgres);
  loads();
  postgresLoads();

  test('a load that waits too long for another one says so, and the other ends', async () => {
    await migrate(warehouse, 5);
    await exclusively(warehouse, 5, async () => {
      await expect(load({ waitSeconds: 1 })).rejects.toThrow(
        'another load of the warehouse runs for more than 1 s; load again when it has ended',
      );
    });
    await load({ waitSeconds: 1 });
  });

  /** Everything that a load does: a late version, an inferred member completed, deletions, updates, new rows. */
  const FIRST = [
    mug('10', 2),
    mug('12', 20),
    orders(3, order('1', 1), order('2', 2, { user_id: '8' })),
    items(3, item('1', 15), item('2', 21, { product_id: '2' })),
  ];
  const SECOND = [
    mug('11', 10),
    orders(4, { order_id: '2', _deleted: 'true' }, order('3', 3, { user_id: '9' })),
    items(4, item('1', 16, { sale_price: '6' }), item('3', 11)),
  ];

  test.each([
    ['before', false],
    ['after', true],
  ])(
    'a connection that is lost %s a statement leaves the rows of before or after, and the next load completes them',
    async (_, isApplied) => {
      await stageRows(pipeline, FIRST);
      const first = await server.createDatabase();
      await load({ url: first });
      const before = await stateOf(first);
      await stageRows(pipeline, SECOND);
      const complete = await server.createDatabase(first);
      await load({ url: complete });
      const after = await stateOf(complete);
      let statement = isApplied ? 2 : 1;
      for (; ; statement += STEP) {
        const copy = await server.createDatabase(first);
        if (!(await isLost(copy, { statement, isApplied }))) break;
        const state = await stateOf(copy);
        expect({ statement, state }).toEqual({
          statement,
          state: state.versions === after.versions ? after : before,
        });
        await load({ url: copy });
        expect({ statement, state: await stateOf(copy) }).toEqual({ statement, state: after });
      }
      expect(statement).toBeGreaterThan(50);
      expect(after.star).not.toEqual(before.star);
    },
    600_000,
  );

  /** @returns whether the load came to the statement */
  async function isLost(database: string, fault: StatementFault): Promise<boolean> {
    let hasOccurred = () => false;
    await load({
      url: database,
      onConnected: (connection) => {
        hasOccurred = loseConnectionAt(connection, fault).hasOccurred;
      },
    }).catch(() => {});
    return hasOccurred();
  }
});

/** Tries every third statement; every one if PROPERTY_RUNS is set. */
const STEP = process.env.PROPERTY_RUNS === undefined ? 3 : 1;

async function stateOf(url: string): Promise<{ readonly star: StarRows; readonly versions: string }> {
  const warehouse = await connectWarehouse(url);
  try {
    return { star: await readStar(warehouse), versions: await loadedVersions(warehouse) };
  } finally {
    await warehouse.end();
  }
}

async function loadedVersions(warehouse: Warehouse): Promise<string> {
  const { rows } = await warehouse.query('select table_name, version from loaded_versions order by 1');
  return JSON.stringify(rows);
}
