import type { BenchContext } from '../context';
import { isFullAndComplete } from '../context';
import { dataset } from '../datasets';
import { type ExecutionRecord, elapsed, KPI_MARTS, Pipeline, stepOf, TASKS } from '../pipeline';
import type { Goal, MeasureResult } from '../results';

const PEAK_GOAL = 1.2e9;

interface MemoryRun {
  readonly orders: number;
  readonly limitMb: number | undefined;
  /** Empty if the load failed. */
  readonly executions: readonly ExecutionRecord[];
  readonly failure?: string;
}

/** Peak memory of each task in cold loads, with the deployment's limit and with a lower one. */
export async function measureMemory(context: BenchContext): Promise<MeasureResult> {
  const { memoryOrders, narrowMemoryMb } = context.sizes;
  const runs: MemoryRun[] = [];
  for (const limitMb of [undefined, narrowMemoryMb]) {
    for (const orders of memoryOrders) {
      runs.push(await runLoad(context, orders, limitMb));
    }
  }
  return {
    tables: [
      {
        title: 'Peak memory of each task in a cold load',
        columns: [
          { heading: 'orders', unit: 'count' },
          { heading: 'container limit', unit: 'text' },
          { heading: 'time', unit: 'seconds' },
          ...TASKS.map((heading) => ({ heading, unit: 'bytes' as const })),
        ],
        rows: runs.map(({ orders, limitMb, executions }) => [
          orders,
          limitMb === undefined ? 'as deployed' : `${limitMb} MB`,
          executions.length > 0 ? elapsed(executions) : 'failed',
          ...TASKS.map((task) => peak(executions, task)),
        ]),
      },
    ],
    goals: goals(context, runs),
    notes: [
      'Peak resident memory (ru_maxrss), Node and DuckDB together.',
      ...runs.flatMap(({ failure }) => (failure === undefined ? [] : [`A load failed: ${failure}`])),
      'The limit is the variable MEMORY_LIMIT_MB, by which the tasks size their memory; it is not enforced from outside here.',
    ],
  };
}

async function runLoad(
  context: BenchContext,
  orders: number,
  limitMb: number | undefined,
): Promise<MemoryRun> {
  const { files } = await dataset(context, { orders });
  const pipeline = await Pipeline.start(context, {
    marts: KPI_MARTS,
    ...(limitMb !== undefined && { memoryLimitMb: limitMb }),
  });
  try {
    const executions = await pipeline.load(files);
    const peaks = TASKS.map((task) => `${task} ${((peak(executions, task) ?? 0) / 1e6).toFixed(0)} MB`);
    context.say(
      `${orders.toLocaleString('en-US')} orders, limit ${limitMb ?? 'as deployed'}: ${peaks.join(', ')}`,
    );
    return { orders, limitMb, executions };
  } catch (error) {
    // This benchmark finds out whether a load fails at its limit.
    const failure = error instanceof Error ? error.message : String(error);
    context.say(`${orders.toLocaleString('en-US')} orders, limit ${limitMb ?? 'as deployed'}: ${failure}`);
    return { orders, limitMb, executions: [], failure };
  } finally {
    await pipeline.close();
  }
}

function peak(executions: readonly ExecutionRecord[], task: (typeof TASKS)[number]): number | null {
  const peaks = executions.map((execution) => stepOf(execution, task).peak_rss_bytes);
  return peaks.length === 0 || peaks.includes(null) ? null : Math.max(...peaks.map(Number));
}

function goals(context: BenchContext, runs: readonly MemoryRun[]): Goal[] {
  const last = runs.at(-1);
  if (!last) return [];
  return [
    {
      what: `peak memory of any task at ${last.orders.toLocaleString('en-US')} orders, limit ${last.limitMb} MB`,
      bound: 'below',
      goal: PEAK_GOAL,
      unit: 'bytes',
      measured: Math.max(...TASKS.map((task) => peak(last.executions, task) ?? Number.NaN)),
      judged: isFullAndComplete(context),
    },
  ];
}
