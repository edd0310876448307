import { mkdir } from 'node:fs/promises';
import { findSpark } from 'local-aws';
import { catalog, LINEAGE } from '../../catalog/catalog';
import { DuckDb } from '../../engine/duckdb/session';
import { scan } from '../../lake/scan';
import { readSnapshot } from '../../lake/snapshot';
import { columnNames, type TableSpec } from '../../lake/table-spec';
import { type BenchContext, isFull, isFullAndComplete, newDirectory } from '../context';
import { dataset } from '../datasets';
import { type ExecutionRecord, elapsed, Pipeline, stepOf } from '../pipeline';
import type { Cell, Column, MeasureResult } from '../results';
import { readSparkSteps, type SparkStep } from '../spark-events';
import { sum } from '../statistics';

/** At full scale: those of orders, as the millions of rows of others take the local DynamoDB an hour, on either engine. */
const LARGE_MARTS = ['order_kpis', 'category_kpis', 'order_days', 'customer_days', 'cohort_kpis'];
const PRODUCTS = 200;

const ENGINES = ['duckdb', 'spark'] as const;
type Engine = (typeof ENGINES)[number];

/** A table of the lake as an engine left it. */
interface Exported {
  readonly table: TableSpec;
  readonly rows: number;
  /** A Parquet file. */
  readonly file: string;
}

/** The same files through both engines: whether every table has the same rows, and what each step of Spark's jobs costs a core. */
export async function measureSpark(context: BenchContext): Promise<MeasureResult> {
  const spark = await findSpark().catch((error: Error) => error);
  if (spark instanceof Error)
    return { tables: [], goals: [], notes: [`Spark was skipped: ${spark.message}`] };
  const { files, bytes, rows } = await dataset(context, {
    orders: context.sizes.sparkOrders,
    products: PRODUCTS,
  });
  const marts = isFull(context) ? LARGE_MARTS : catalog.marts.map(({ name }) => name);
  const eventLogs = newDirectory(context, 'spark-events');
  await mkdir(eventLogs);
  const executions: Partial<Record<Engine, readonly ExecutionRecord[]>> = {};
  const exported: Partial<Record<Engine, readonly Exported[]>> = {};
  for (const engine of ENGINES) {
    const pipeline = await Pipeline.start(context, {
      ...(isFull(context) && { marts }),
      ...(engine === 'spark' && { sparkEventLogs: eventLogs }),
    });
    try {
      const loaded = await pipeline.load(files);
      context.say(`${engine}: ${elapsed(loaded).toFixed(0)} s`);
      executions[engine] = loaded;
      exported[engine] = await exportTables(context, pipeline, marts);
    } finally {
      await pipeline.close();
    }
  }
  const compared = await compareTables(context, exported.duckdb ?? [], exported.spark ?? []);
  const steps = (await readSparkSteps(eventLogs)).sort((a, b) => b.core_seconds - a.core_seconds);
  const secondsOf = (engine: Engine, step: 'validate' | 'stage' | 'transform') =>
    sum(executions[engine] ?? [], (execution) => stepOf(execution, step).seconds);
  const seconds = (heading: string): Column => ({ heading, unit: 'seconds' });
  return {
    tables: [
      {
        title: `${context.sizes.sparkOrders.toLocaleString('en-US')} orders through both engines, on one machine`,
        columns: [
          { heading: 'engine', unit: 'text' },
          seconds('validate'),
          seconds('stage'),
          seconds('transform'),
          { heading: 'executions', unit: 'count' },
        ],
        rows: ENGINES.map((engine) => [
          engine,
          secondsOf(engine, 'validate'),
          secondsOf(engine, 'stage'),
          secondsOf(engine, 'transform'),
          executions[engine]?.length ?? null,
        ]),
      },
      {
        title: 'Tables, row by row',
        columns: [
          { heading: 'table', unit: 'text' },
          { heading: 'rows from DuckDB', unit: 'count' },
          { heading: 'rows from Spark', unit: 'count' },
          { heading: 'rows that differ', unit: 'count' },
        ],
        rows: compared.map(({ table, duckdb, spark: other, differences }) => [
          table,
          duckdb,
          other,
          differences,
        ]),
      },
      {
        title: "What a core does in each step of Spark's jobs",
        columns: [
          { heading: 'step', unit: 'text' },
          seconds('core time'),
          { heading: 'rows', unit: 'count' },
          { heading: 'read', unit: 'bytes' },
          { heading: 'shuffled', unit: 'bytes' },
          { heading: 'written', unit: 'bytes' },
          { heading: 'rows per core second', unit: 'count' },
        ],
        rows: steps.map(rowOf),
      },
    ],
    goals: [
      {
        what: 'rows of all tables and marts that differ between Spark and DuckDB',
        bound: 'at most',
        goal: 0,
        unit: 'count',
        measured: sum(compared, ({ differences }) => differences),
        judged: isFullAndComplete(context),
      },
    ],
    notes: [
      `${(rows.orders + rows.order_items + rows.products).toLocaleString('en-US')} rows in ${files.length} files of ${(bytes / 1e6).toFixed(0)} MB, second versions among them. Spark ${spark.version} runs as local mode does, driver and executors in one process, through S3A and the local S3. Times of Spark include its start.`,
      'Core time is what executors spent in tasks, without the driver; rows are those that a step read or, if it writes files, wrote. Rows are compared by EXCEPT ALL in both directions, without the columns of lineage, which have the time of the upload.',
    ],
  };
}

function rowOf(step: SparkStep): Cell[] {
  const { description, core_seconds, rows_read, rows_written, bytes_read, bytes_shuffled, bytes_written } =
    step;
  // A step that writes reads what an earlier one kept, batches of rows.
  const rows = rows_written > 0 ? rows_written : rows_read;
  return [
    description,
    core_seconds,
    rows,
    bytes_read,
    bytes_shuffled,
    bytes_written,
    rows > 0 && core_seconds > 0 ? Math.round(rows / core_seconds) : null,
  ];
}

async function exportTables(
  context: BenchContext,
  pipeline: Pipeline,
  marts: readonly string[],
): Promise<Exported[]> {
  const directory = newDirectory(context, 'exported');
  await mkdir(directory);
  const lineage = new Set(LINEAGE.map(({ name }) => name));
  const exported: Exported[] = [];
  const leftOut = new Set(catalog.marts.map(({ name }) => name).filter((name) => !marts.includes(name)));
  for (const table of catalog.tables.filter(({ name }) => !leftOut.has(name))) {
    const { deletedColumn: _, ...all } = table;
    const file = `${directory}/${table.name}.parquet`;
    const rows = await pipeline.withLake(async (lake) => {
      const columns = columnNames(table).filter((name) => !lineage.has(name));
      await scan(lake, await readSnapshot(lake, table.location), all, 'exported', columns);
      await lake.db.run(`copy exported to '${file}'`);
      return lake.db.rows('select count(*) as count from exported');
    });
    exported.push({ table, rows: Number(rows[0]?.count), file });
  }
  return exported;
}

async function compareTables(context: BenchContext, one: readonly Exported[], other: readonly Exported[]) {
  const db = await DuckDb.open({ tempDirectory: newDirectory(context, 'compare') });
  try {
    const compared: { table: string; duckdb: number; spark: number; differences: number }[] = [];
    for (const [at, { table, rows, file }] of one.entries()) {
      const { file: otherFile = '', rows: otherRows = 0 } = other[at] ?? {};
      const except = (a: string, b: string) => `(select count(*) from (from '${a}' except all from '${b}'))`;
      const [found] = await db.rows(
        `select ${except(file, otherFile)} + ${except(otherFile, file)} as differences`,
      );
      compared.push({
        table: table.name,
        duckdb: rows,
        spark: otherRows,
        differences: Number(found?.differences),
      });
    }
    return compared;
  } finally {
    db.close();
  }
}
