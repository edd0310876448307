import { type PostgresServer, startPostgres } from '../../../bench/postgres-server';
import { createCatalog } from '../../../catalog/catalog';
import { definitions } from '../../../catalog/definitions';
import { verifyWarehouse } from '../../../operations/warehouse/verify';
import { connectWarehouse, type Warehouse } from '../../../serving/warehouse/connection';
import type { Dialect } from '../../../serving/warehouse/dialect';
import { describeWithPostgres } from '../../builders/describe-with-postgres';
import { KPI_MARTS } from '../../builders/kpi-catalog';
import { startPgliteServer } from '../../builders/pglite-database';
import { readDeltaRows } from '../../builders/read-delta';
import { asRedshift, redshiftDialect, runRedshiftOnPostgres } from '../../builders/redshift-on-postgres';
import { type StagedFile, stageRows } from '../../builders/stage-rows';
import type { TaskPipeline } from '../../builders/task-pipeline';
import { useWarehouse } from '../../builders/use-warehouse';
import { type LoadOptions, loadWarehouse, loseConnectionAt } from '../../builders/warehouse-load';

const NAMES = [...KPI_MARTS, 'customer_value'];
const marts = definitions.marts.filter(({ name }) => NAMES.includes(name));
const catalog = createCatalog({ ...definitions, marts });
/** With another column, as after an update. */
const changedCatalog = createCatalog({
  ...definitions,
  marts: marts.map((mart) =>
    mart.name === 'customer_value'
      ? { ...mart, columns: mart.columns.filter(({ name }) => name !== 'frequency') }
      : mart,
  ),
});

const START = Date.UTC(2025, 2, 1);
const DAY_MS = 86_400_000;

/** One order with one item for each. */
const sales = (
  on: number,
  ...sold: readonly (readonly [id: string, user: string, price: string])[]
): StagedFile[] => {
  const uploadedAt = START + on * DAY_MS;
  const created_at = new Date(uploadedAt).toISOString();
  return [
    {
      kind: 'products',
      uploadedAt,
      rows: [{ id: '1', name: 'Mug', category: 'Kitchen', cost: '1', retail_price: '2', department: 'Home' }],
    },
    {
      kind: 'orders',
      uploadedAt,
      rows: sold.map(([order_id, user_id]) => ({
        order_id,
        user_id,
        created_at,
        status: 'sold',
        num_of_item: '1',
      })),
    },
    {
      kind: 'order_items',
      uploadedAt,
      rows: sold.map(([id, user_id, sale_price]) => ({
        id,
        order_id: id,
        user_id,
        product_id: '1',
        created_at,
        status: 'sold',
        sale_price,
      })),
    },
  ];
};

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
/** A connection by which a verification loads. */
async function loading(): Promise<Warehouse> {
  if (!isRedshift) return connectWarehouse(url);
  const connection = await connectWarehouse(url, redshiftDialect);
  runRedshiftOnPostgres(connection, pipeline.bucket);
  return connection;
}
const COLUMNS = 'user_id::text, orders::text, net_revenue::text, first_order_date::text';
const copied = async (from = warehouse) =>
  (
    await from.query({
      text: `select ${COLUMNS} from marts.customer_value order by user_id`,
      rowMode: 'array',
    })
  ).rows;
/** The rows of the mart in the lake. */
const stored = async () => {
  const rows = await readDeltaRows(pipeline.bucket, 'marts/customer_value');
  return rows
    .map((row) => [row.user_id, row.orders, row.net_revenue, row.first_order_date].map(String))
    .sort(([a], [b]) => Number(a) - Number(b));
};

/** What holds for every server. */
function copies(): void {
  test('a mart with load has a copy in the warehouse, which follows its log and has comments; others have none', async () => {
    await stageRows(pipeline, sales(1, ['1', '7', '5'], ['2', '8', '3.5']));
    expect((await load()).changed).toMatchObject({ 'marts.customer_value': 2 });
    expect(await copied()).toEqual([
      ['7', '1', '5.00', '2025-03-02'],
      ['8', '1', '3.50', '2025-03-02'],
    ]);
    expect(await stored()).toEqual(await copied());
    const { rows: tables } = await warehouse.query(
      "select table_name, obj_description(('marts.' || table_name)::regclass, 'pg_class') as comment from information_schema.tables where table_schema = 'marts'",
    );
    expect(tables).toEqual([
      { table_name: 'customer_value', comment: catalog.mart('customer_value').description },
    ]);

    expect(Object.values((await load()).changed).every((count) => count === 0)).toBe(true);
    await stageRows(pipeline, sales(2, ['3', '7', '1']));
    expect((await load()).changed).toMatchObject({ 'marts.customer_value': 1 });
    expect((await copied())[0]).toEqual(['7', '2', '6.00', '2025-03-02']);
    await stageRows(pipeline, [
      { kind: 'orders', uploadedAt: START + 3 * DAY_MS, rows: [{ order_id: '2', _deleted: 'true' }] },
      { kind: 'order_items', uploadedAt: START + 3 * DAY_MS, rows: [{ id: '2', _deleted: 'true' }] },
    ]);
    expect((await load()).changed).toMatchObject({ 'marts.customer_value': 1 });
    expect(await copied()).toEqual([['7', '2', '6.00', '2025-03-02']]);
    expect(await stored()).toEqual(await copied());
  });

  test('a row that somebody changed is found by verify, and corrected by a load of everything', async () => {
    await stageRows(pipeline, sales(1, ['1', '7', '5'], ['2', '8', '3.5']));
    await load();
    await warehouse.query('update marts.customer_value set orders = 9 where user_id = 7');
    await warehouse.query('insert into marts.customer_value (user_id) values (99)');
    const verify = async () => {
      const connection = await loading();
      try {
        return await pipeline.withLake((lake) =>
          verifyWarehouse(lake, connection, catalog, { timeZone: 'UTC', currency: undefined }),
        );
      } finally {
        await connection.end();
      }
    };
    expect(await verify()).toEqual({ different_rows: { 'marts.customer_value': 2 }, differences: 2 });
    expect(await verify()).toMatchObject({ differences: 2 });
    const other = await server.createDatabase();
    await load({ url: other });
    const scratch = await connectWarehouse(other);
    try {
      expect(await copied(scratch)).toEqual(await stored());
    } finally {
      await scratch.end();
    }
  });

  test('another description of a mart leaves its copy, and views on it, as they are', async () => {
    await stageRows(pipeline, sales(1, ['1', '7', '5']));
    await load();
    await warehouse.query('create view best as select user_id from marts.customer_value');
    const described = createCatalog({
      ...definitions,
      marts: marts.map((mart) => ({ ...mart, description: 'other words' })),
    });
    expect((await load({ catalog: described })).changed).not.toHaveProperty('marts.customer_value');
    expect(await copied()).toEqual(await stored());
  });

  test('a mart whose columns changed has a new copy, unless a view reads the old one', async () => {
    await stageRows(pipeline, sales(1, ['1', '7', '5']));
    await load();
    await warehouse.query('create view best as select user_id from marts.customer_value');
    await expect(load({ catalog: changedCatalog })).rejects.toThrow(
      'cannot drop table marts.customer_value because other objects depend on it',
    );
    await warehouse.query('drop view best');
    expect((await load({ catalog: changedCatalog })).changed).toMatchObject({ 'marts.customer_value': 1 });
    const { fields } = await warehouse.query('select * from marts.customer_value');
    expect(fields.map(({ name }) => name)).not.toContain('frequency');
    await load();
    expect(await copied()).toEqual(await stored());
  });
}

describe('copies of marts in PGlite', () => {
  useServer(startPgliteServer);
  copies();
});

describeWithPostgres('copies of marts by the statements for Redshift', () => {
  useServer(startPostgres, 'redshift');
  copies();
});

describeWithPostgres('copies of marts in PostgreSQL', () => {
  useServer(startPostgres);
  copies();

  test('a connection that is lost at any statement leaves the rows of before or after', async () => {
    await stageRows(pipeline, sales(1, ['1', '7', '5'], ['2', '8', '3.5']));
    await load();
    const before = await copied();
    await stageRows(pipeline, sales(2, ['3', '7', '1'], ['4', '9', '2']));
    const after = await stored();
    const seen = new Set<number>();
    // Those of the copy are the last ones.
    for (let statement = 40; ; statement += 1) {
      await warehouse.query(
        "update loaded_versions set version = 0 where table_name = 'marts/customer_value'; delete from marts.customer_value where user_id = 9; update marts.customer_value set orders = 1, net_revenue = 5 where user_id = 7",
      );
      let fault = { hasOccurred: () => false };
      await load({
        onConnected: (connection) => {
          fault = loseConnectionAt(connection, { statement, isApplied: statement % 2 === 0 });
        },
      }).catch(() => {});
      if (!fault.hasOccurred()) break;
      const rows = await copied();
      expect([before.length, after.length]).toContain(rows.length);
      seen.add(rows.length);
      await load();
      expect({ statement, rows: await copied() }).toEqual({ statement, rows: after });
    }
    expect(seen.has(before.length)).toBe(true);
  }, 120_000);
});
