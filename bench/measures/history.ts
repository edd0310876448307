import { type BenchContext, isJudged } from '../context';
import { dataset, newOrders } from '../datasets';
import { type ExecutionRecord, Pipeline, stepOf, TASKS } from '../pipeline';
import type { Chart, Goal, MeasureResult, ResultTable } from '../results';
import { mean, spread } from '../statistics';
import { batchCost, stepsTable } from './steps-table';

const TIME_GOAL = 1.5;
const BYTES_GOAL = 2;

interface HistoryRun {
  readonly orders: number;
  readonly days: number;
  readonly loadSeconds: number;
  readonly batches: readonly ExecutionRecord[];
}

/** Batches of new orders, one after the other, on top of histories of different lengths at the same orders a day. */
export async function measureHistory(context: BenchContext): Promise<MeasureResult> {
  const runs: HistoryRun[] = [];
  for (const orders of context.sizes.histories) runs.push(await runHistory(context, orders));
  return {
    tables: [
      overview(context, runs),
      ...runs.map(({ orders, batches }) =>
        stepsTable(`A batch on ${named(orders)} orders of history, by step`, batches),
      ),
    ],
    goals: goals(context, runs),
    charts: charts(runs),
    notes: [
      `Each number is the mean of ${context.sizes.batches} batches of ${named(context.sizes.batchOrders)} new orders with their items, in a row, of the days that follow the history.`,
      'Bytes and objects are counted at the local S3 endpoint, request by request, and belong to the step in whose time they came.',
    ],
  };
}

async function runHistory(context: BenchContext, orders: number): Promise<HistoryRun> {
  const { shop, files } = await dataset(context, { orders });
  const { batchOrders } = context.sizes;
  const pipeline = await Pipeline.start(context);
  try {
    const started = performance.now();
    await pipeline.load(files);
    const loadSeconds = (performance.now() - started) / 1000;
    context.say(`${named(orders)} orders of history loaded in ${loadSeconds.toFixed(0)} s`);
    const batches: ExecutionRecord[] = [];
    for (let batch = 0; batch < context.sizes.batches; batch += 1) {
      const first = batch * batchOrders + 1;
      batches.push(...(await pipeline.load(await newOrders(context, shop, first, batchOrders))));
    }
    context.say(`a batch takes ${mean(batches, ({ seconds }) => seconds).toFixed(2)} s`);
    return { orders, days: shop.options.days, loadSeconds, batches };
  } finally {
    await pipeline.close();
  }
}

const named = (count: number) => count.toLocaleString('en-US');

/** To the shortest history measured. */
function ratios(run: HistoryRun, runs: readonly HistoryRun[]) {
  const [shortest] = runs;
  const [own, base] = [batchCost(run.batches), batchCost(shortest?.batches ?? [])];
  return {
    time: own.seconds / base.seconds,
    bytes: (own.read + own.written) / (base.read + base.written),
    read: own.read / base.read,
    written: own.written / base.written,
  };
}

function overview({ sizes }: BenchContext, runs: readonly HistoryRun[]): ResultTable {
  return {
    title: `A batch of ${named(sizes.batchOrders)} new orders against the history below it`,
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
      { heading: 'time to the shortest', unit: 'ratio' },
      { heading: 'bytes to the shortest', unit: 'ratio' },
    ],
    rows: runs.map((run) => {
      const { seconds, objectsRead, read, written } = batchCost(run.batches);
      const times = spread(run.batches.map((batch) => batch.seconds));
      const ratio = ratios(run, runs);
      return [
        run.orders,
        run.days,
        seconds,
        times.median,
        times.min,
        ...TASKS.map((step) => mean(run.batches, (batch) => stepOf(batch, step).seconds)),
        objectsRead,
        read,
        written,
        ratio.time,
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
  const judged = isJudged(context);
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
    mean(run.batches, (batch) => stepOf(batch, step).seconds);
  return [
    {
      title: 'Time of a batch',
      unit: 'seconds',
      series: [
        line('whole execution', (run) => batchCost(run.batches).seconds),
        ...TASKS.map((step) => line(step, stepSeconds(step))),
      ],
    },
    {
      title: 'Bytes of a batch',
      unit: 'bytes',
      series: [
        line('read', (run) => batchCost(run.batches).read),
        line('written', (run) => batchCost(run.batches).written),
      ],
    },
  ];
}
