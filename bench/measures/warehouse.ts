import { mkdtempSync } from 'node:fs';
import { chmod, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Shop } from '../../fixtures/generator/shop';
import { connectWarehouse, type Warehouse } from '../../serving/warehouse/connection';
import { migrate } from '../../serving/warehouse/migrate';
import { type BenchContext, isFull, isFullAndComplete } from '../context';
import { dataset, newOrders } from '../datasets';
import { elapsed, Pipeline } from '../pipeline';
import { POSTGRES_MISSING, type PostgresServer, postgresPrograms, startPostgres } from '../postgres-server';
import type { MeasureResult } from '../results';
import { mean, median } from '../statistics';

const LOAD_GOAL = 2;
const BATCH_GOAL = 1.5;

/** With those that they read. The star schema needs none, and a batch has at least the KPI tables. */
const MARTS = ['order_kpis', 'category_kpis', 'order_days', 'customer_days'];
const PRODUCTS = 200;
const WAIT_SECONDS = 600;

/** The tables that files of orders, items and products change, after those that they refer to. */
const TABLES = ['dim_time', 'dim_currency', 'dim_user', 'dim_product', 'fact_orders', 'fact_order_items'];

interface Run {
  readonly orders: number;
  readonly shop: Shop;
  readonly pipeline: Pipeline;
  readonly warehouse: Warehouse;
  readonly batches: { readonly execution: number; readonly load: number }[];
}

/**
 * What the warehouse costs on a PostgreSQL server: the first load next to a bare COPY and upsert of its rows, and batches on histories of
 * different lengths, alternating.
 */
export async function measureWarehouse(context: BenchContext): Promise<MeasureResult> {
  if (postgresPrograms() === undefined)
    return { tables: [], goals: [], notes: [`The warehouse was skipped: ${POSTGRES_MISSING}`] };
  const server = await startPostgres();
  const runs: Run[] = [];
  try {
    const firsts: First[] = [];
    for (const orders of context.sizes.warehouseHistories) {
      const pipeline = await Pipeline.start(context, { marts: MARTS });
      const warehouse = await connectWarehouse(await server.createDatabase());
      const { shop, files } = await dataset(context, { orders, products: PRODUCTS });
      runs.push({ orders, shop, pipeline, warehouse, batches: [] });
      await pipeline.load(files);
      firsts.push(await firstLoad(context, { orders, pipeline, server, warehouse }));
    }
    const { batches, batchOrders } = context.sizes;
    for (let batch = 0; batch < batches; batch += 1) {
      const lines: string[] = [];
      for (const run of runs) {
        const files = await newOrders(context, run.shop, batch * batchOrders + 1, batchOrders);
        const execution = elapsed(await run.pipeline.load(files));
        const load = await run.pipeline.loadWarehouse(run.warehouse);
        run.batches.push({ execution, load });
        lines.push(`${execution.toFixed(1)} + ${load.toFixed(2)} s`);
      }
      context.say(`batch ${batch + 1} of ${batches}: ${lines.join(', ')}`);
    }
    return describe(context, firsts, runs);
  } finally {
    for (const { pipeline, warehouse } of runs) {
      await warehouse.end();
      await pipeline.close();
    }
    await server.stop();
  }
}

interface First {
  readonly orders: number;
  readonly rows: number;
  readonly loads: readonly number[];
  readonly floors: readonly number[];
}

/** Loads an empty warehouse, and its rows into another one, in turns. The last load stays. */
async function firstLoad(
  context: BenchContext,
  {
    orders,
    pipeline,
    server,
    warehouse,
  }: Omit<Run, 'shop' | 'batches'> & { readonly server: PostgresServer },
): Promise<First> {
  const loads: number[] = [];
  const floors: number[] = [];
  await migrate(warehouse, WAIT_SECONDS);
  loads.push(await pipeline.loadWarehouse(warehouse));
  // The server runs as another user.
  const directory = mkdtempSync(path.join(tmpdir(), 'daybook-bench-copy-'));
  await chmod(directory, 0o777);
  try {
    for (const table of TABLES)
      await warehouse.query(`copy (select * from ${table}) to '${path.join(directory, table)}' (format csv)`);
    for (let round = 1; round <= context.rounds; round += 1) {
      floors.push(await onNewDatabase(server, (other) => copyAndUpsert(other, directory)));
      loads.push(await onNewDatabase(server, (other) => pipeline.loadWarehouse(other)));
      context.say(
        `${orders.toLocaleString('en-US')} orders: load ${loads.at(-1)?.toFixed(1)} s, COPY and upsert ${floors.at(-1)?.toFixed(1)} s`,
      );
    }
    const { rows } = await warehouse.query(
      `select ${TABLES.map((table) => `(select count(*) from ${table})`).join(' + ')} as count`,
    );
    return { orders, rows: Number(rows[0].count), loads: loads.slice(1), floors };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function onNewDatabase(
  server: PostgresServer,
  work: (warehouse: Warehouse) => Promise<number>,
): Promise<number> {
  const warehouse = await connectWarehouse(await server.createDatabase());
  try {
    await migrate(warehouse, WAIT_SECONDS);
    return await work(warehouse);
  } finally {
    await warehouse.end();
  }
}

/** The floor: the same rows from files of the server, by COPY into temporary tables and upsert, in one transaction. @returns seconds */
async function copyAndUpsert(warehouse: Warehouse, directory: string): Promise<number> {
  const keys = new Map<string, string[]>();
  const columns = new Map<string, string[]>();
  for (const table of TABLES) {
    const { rows: key } = await warehouse.query(
      'select attname from pg_index join pg_attribute on attrelid = indrelid and attnum = any(indkey) where indisprimary and indrelid = $1::regclass',
      [table],
    );
    const { rows: names } = await warehouse.query(
      'select attname from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum',
      [table],
    );
    keys.set(
      table,
      key.map(({ attname }) => attname),
    );
    columns.set(
      table,
      names.map(({ attname }) => attname),
    );
  }
  const started = performance.now();
  await warehouse.query('begin');
  for (const table of TABLES) {
    const key = keys.get(table) ?? [];
    const changed = (columns.get(table) ?? []).filter((name) => !key.includes(name));
    await warehouse.query(`create temp table copied_${table} (like ${table}) on commit drop`);
    await warehouse.query(`copy copied_${table} from '${path.join(directory, table)}' (format csv)`);
    await warehouse.query(
      `insert into ${table} overriding system value select * from copied_${table} on conflict (${key.join(', ')}) do update set ${changed.map((name) => `${name} = excluded.${name}`).join(', ')}`,
    );
  }
  await warehouse.query('commit');
  return (performance.now() - started) / 1000;
}

function describe(context: BenchContext, firsts: readonly First[], runs: readonly Run[]): MeasureResult {
  const named = (count: number) => count.toLocaleString('en-US');
  const total = (run: Run) => mean(run.batches, ({ execution, load }) => execution + load);
  const [shortest] = runs;
  const longest = runs.at(-1);
  const base = shortest ? total(shortest) : Number.NaN;
  const first = firsts.at(-1);
  const seconds = (heading: string) => ({ heading, unit: 'seconds' as const });
  return {
    tables: [
      {
        title: 'First load of a warehouse, next to a bare COPY and upsert of its rows',
        columns: [
          { heading: 'orders', unit: 'count' },
          { heading: 'rows', unit: 'count' },
          seconds('load'),
          seconds('COPY and upsert'),
          { heading: 'load / COPY and upsert', unit: 'ratio' },
        ],
        rows: firsts.map(({ orders, rows, loads, floors }) => [
          orders,
          rows,
          median(loads),
          median(floors),
          median(loads) / median(floors),
        ]),
      },
      {
        title: `A batch of ${named(context.sizes.batchOrders)} new orders and its load`,
        columns: [
          { heading: 'orders of history', unit: 'count' },
          seconds('execution'),
          seconds('load'),
          { heading: 'both relative to the shortest history', unit: 'ratio' },
          { heading: 'load relative to the shortest history', unit: 'ratio' },
        ],
        rows: runs.map((run) => {
          const load = mean(run.batches, (batch) => batch.load);
          return [
            run.orders,
            mean(run.batches, ({ execution }) => execution),
            load,
            total(run) / base,
            load / mean(shortest?.batches ?? [], (batch) => batch.load),
          ];
        }),
      },
    ],
    goals: [
      ...(first
        ? [
            {
              what: `first load of ${named(first.orders)} orders / COPY and upsert of the same rows`,
              bound: 'at most' as const,
              goal: LOAD_GOAL,
              unit: 'ratio' as const,
              measured: median(first.loads) / median(first.floors),
              judged: isFullAndComplete(context),
            },
          ]
        : []),
      ...(longest && shortest && longest !== shortest
        ? [
            {
              what: `a batch and its load on ${named(longest.orders)} orders of history / on ${named(shortest.orders)}`,
              bound: 'at most' as const,
              goal: BATCH_GOAL,
              unit: 'ratio' as const,
              measured: total(longest) / base,
              judged: isFull(context),
            },
          ]
        : []),
    ],
    notes: [
      `PostgreSQL on the same machine, without the wait for disks, in both. ${context.rounds} rounds of load and COPY, in turns; ${context.sizes.batches} batches, alternating between the histories.`,
      'The load reads the lake through the local S3, as daybook warehouse load does; COPY reads files that the server wrote.',
    ],
  };
}
