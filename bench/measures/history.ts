import type { Shop } from '../../fixtures/generator/shop';
import { type BenchContext, isFullAndComplete } from '../context';
import { dataset, newOrders } from '../datasets';
import { type ExecutionRecord, elapsed, KPI_MARTS, Pipeline, stepOf, TASKS } from '../pipeline';
import type { Chart, Goal, MeasureResult, ResultTable } from '../results';
import { mean, spread } from '../statistics';
import { batchCost, cpuSeconds, stepsTable } from './steps-table';

/** So that a mart with a row per product and day of the longest history is published locally within minutes. */
const PRODUCTS = 200;

const TIME_GOAL = 1.5;
const BYTES_GOAL = 2;

interface HistoryRun {
  readonly orders: number;
  readonly shop: Shop;
  readonly pipeline: Pipeline;
  /** The executions of its batches so far. */
  readonly executions: ExecutionRecord[];
}

/**
 * Batches of new orders on histories of different lengths with the same number of orders per day. All histories are loaded
 * first; then the batches alternate between them, so that a slow phase of the machine affects all.
 */
export async function measureHistory(context: BenchContext): Promise<MeasureResult> {
  const { histories, batches, batchOrders } = context.sizes;
  const pipelines: Pipeline[] = [];
  try {
    const runs: HistoryRun[] = [];
    for (const orders of histories) {
      const pipeline = await Pipeline.start(context, { marts: KPI_MARTS });
      pipelines.push(pipeline);
      runs.push(await loadHistory(context, pipeline, orders));
    }
    for (let batch = 0; batch < batches; batch += 1) {
      const seconds: string[] = [];
      for (const { pipeline, shop, executions } of runs) {
        const files = await newOrders(context, shop, batch * batchOrders + 1, batchOrders);
        const done = await pipeline.load(files);
        executions.push(...done);
        seconds.push(`${elapsed(done).toFixed(1)} s`);
      }
      context.say(`batch ${batch + 1} of ${batches}: ${seconds.join(', ')}`);
    }
    return describe(context, runs);
  } finally {
    for (const pipeline of pipelines) await pipeline.close();
  }
}

async function loadHistory(context: BenchContext, pipeline: Pipeline, orders: number): Promise<HistoryRun> {
  const { shop, files } = await dataset(context, { orders, products: PRODUCTS });
  const seconds = elapsed(await pipeline.load(files));
  context.say(`${named(orders)} orders of history loaded in ${seconds.toFixed(0)} s`);
  return { orders, shop, pipeline, executions: [] };
}

function describe(context: BenchContext, runs: readonly HistoryRun[]): MeasureResult {
  const longest = runs.slice(-1);
  return {
    tables: [
      overview(context, runs),
      ...longest.map(({ orders, executions }) =>
        stepsTable(`A batch on ${named(orders)} orders of history, by step`, executions),
      ),
    ],
    goals: goals(context, runs),
    charts: charts(runs),
    notes: [
      `Each number is the mean of ${context.sizes.batches} batches of ${named(context.sizes.batchOrders)} new orders with their items, on the days after the history; the batches alternate between the histories, of a shop with ${PRODUCTS} products.`,
      'Bytes and objects are counted at the local S3 endpoint, and assigned to the step that was running at the time of the request.',
    ],
  };
}

const named = (count: number) => count.toLocaleString('en-US');

/** Relative to the shortest history measured. */
function ratios(run: HistoryRun, runs: readonly HistoryRun[]) {
  const [shortest] = runs;
  const [own, base] = [batchCost(run.executions), batchCost(shortest?.executions ?? [])];
  return {
    time: own.seconds / base.seconds,
    bytes: (own.read + own.written) / (base.read + base.written),
    read: own.read / base.read,
    written: own.written / base.written,
    cpu: cpuSeconds(run.executions) / cpuSeconds(shortest?.executions ?? []),
  };
}

function overview({ sizes }: BenchContext, runs: readonly HistoryRun[]): ResultTable {
  return {
    title: `A batch of ${named(sizes.batchOrders)} new orders by length of the history`,
    columns: [
      { heading: 'orders of history', unit: 'count' },
      { heading: 'days', unit: 'count' },
      { heading: 'batch', unit: 'seconds' },
      { heading: 'median', unit: 'seconds' },
      { heading: 'min', unit: 'seconds' },
      ...TASKS.map((heading) => ({ heading, unit: 'seconds' as const })),
      { heading: 'objects read', unit: 'count' },
      { heading: 'read', unit: 'bytes' },
      { heading: 'written', unit: 'bytes' },
      { heading: 'CPU time', unit: 'seconds' },
      { heading: 'time relative to the shortest history', unit: 'ratio' },
      { heading: 'CPU time relative to the shortest history', unit: 'ratio' },
      { heading: 'bytes relative to the shortest history', unit: 'ratio' },
    ],
    rows: runs.map((run) => {
      const { seconds, objectsRead, read, written } = batchCost(run.executions);
      const times = spread(run.executions.map((batch) => batch.seconds));
      const ratio = ratios(run, runs);
      return [
        run.orders,
        run.shop.options.days,
        seconds,
        times.median,
        times.min,
        ...TASKS.map((step) => mean(run.executions, (batch) => stepOf(batch, step).seconds)),
        objectsRead,
        read,
        written,
        cpuSeconds(run.executions) / run.executions.length,
        ratio.time,
        ratio.cpu,
        ratio.bytes,
      ];
    }),
  };
}

function goals(context: BenchContext, runs: readonly HistoryRun[]): Goal[] {
  const [shortest] = runs;
  const longest = runs.at(-1);
  if (!shortest || !longest || shortest === longest) return [];
  const { time, read, written } = ratios(longest, runs);
  const against = `a batch on ${named(longest.orders)} orders of history / on ${named(shortest.orders)}`;
  const judged = isFullAndComplete(context);
  const bytes = { bound: 'at most', goal: BYTES_GOAL, unit: 'ratio', judged } as const;
  return [
    { what: `${against}: time`, bound: 'at most', goal: TIME_GOAL, unit: 'ratio', measured: time, judged },
    { what: `${against}: bytes read`, ...bytes, measured: read },
    { what: `${against}: bytes written`, ...bytes, measured: written },
  ];
}

function charts(runs: readonly HistoryRun[]): Chart[] {
  const line = (name: string, y: (run: HistoryRun) => number) => ({
    name,
    points: runs.map((run) => ({ x: run.orders, y: y(run) })),
  });
  const stepSeconds = (step: (typeof TASKS)[number]) => (run: HistoryRun) =>
    mean(run.executions, (batch) => stepOf(batch, step).seconds);
  return [
    {
      title: 'Time of a batch',
      unit: 'seconds',
      series: [
        line('whole execution', (run) => batchCost(run.executions).seconds),
        ...TASKS.map((step) => line(step, stepSeconds(step))),
      ],
    },
    {
      title: 'Bytes of a batch',
      unit: 'bytes',
      series: [
        line('read', (run) => batchCost(run.executions).read),
        line('written', (run) => batchCost(run.executions).written),
      ],
    },
  ];
}
