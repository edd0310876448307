import { type BenchContext, isFullAndComplete } from '../context';
import { changedOrders, dataset, newOrders } from '../datasets';
import { type ExecutionRecord, elapsed, KPI_MARTS, Pipeline, stepOf, TASKS } from '../pipeline';
import type { Goal, MeasureResult, ResultTable } from '../results';
import type { UpdateHistory } from '../scale';
import { mean } from '../statistics';
import { batchCost, stepsTable } from './steps-table';

/** Batches of changes to orders of a whole history, alternating with batches of as many new orders on the same history. */
export async function measureUpdates(context: BenchContext): Promise<MeasureResult> {
  const tables: ResultTable[] = [];
  const goals: Goal[] = [];
  const notes = [
    `The mean of ${context.sizes.updateBatches} batches of each, alternating. The changes are spread evenly, and change what the marts count.`,
  ];
  for (const history of context.sizes.updateHistories) {
    const measured = await measureHistory(context, history);
    tables.push(...measured.tables);
    goals.push(measured.goal);
    notes.push(measured.note);
  }
  return { tables, goals, notes };
}

async function measureHistory(
  context: BenchContext,
  { orders, days, changed: count, goal }: UpdateHistory,
): Promise<{ tables: ResultTable[]; goal: Goal; note: string }> {
  const { updateBatches } = context.sizes;
  const { shop, files, bytes } = await dataset(context, { orders, days });
  const pipeline = await Pipeline.start(context, { marts: KPI_MARTS });
  const added: ExecutionRecord[] = [];
  const changed: ExecutionRecord[] = [];
  let load: readonly ExecutionRecord[];
  try {
    load = await pipeline.load(files);
    for (let batch = 0; batch < updateBatches; batch += 1) {
      added.push(...(await pipeline.load(await newOrders(context, shop, batch * count + 1, count))));
      changed.push(...(await pipeline.load(await changedOrders(context, shop, batch, count))));
    }
  } finally {
    await pipeline.close();
  }
  const row = (what: string, executions: readonly ExecutionRecord[]) => {
    const { seconds, objectsRead, read, written } = batchCost(executions);
    const steps = TASKS.map((step) => mean(executions, (e) => stepOf(e, step).seconds));
    return [what, seconds, ...steps, objectsRead, read, written, seconds / batchCost(added).seconds];
  };
  const [named, of] = [count, orders].map((number) => number.toLocaleString('en-US'));
  return {
    tables: [
      {
        title: `Changes spread over ${days.toLocaleString('en-US')} days, on ${of} orders of history`,
        columns: [
          { heading: 'batch', unit: 'text' },
          { heading: 'time', unit: 'seconds' },
          ...TASKS.map((heading) => ({ heading, unit: 'seconds' as const })),
          { heading: 'objects read', unit: 'count' },
          { heading: 'read', unit: 'bytes' },
          { heading: 'written', unit: 'bytes' },
          { heading: 'time relative to new orders', unit: 'ratio' },
        ],
        rows: [
          row(`${named} new orders with their items`, added),
          row(`${named} changed statuses`, changed),
          row('the history, in one load', load),
        ],
      },
      stepsTable(`A batch of ${named} changed statuses on ${of} orders, by step`, changed),
      stepsTable(`The load of ${of} orders, by step`, load),
    ],
    goal: {
      what: `${named} changed statuses on ${of} orders of ${days.toLocaleString('en-US')} days / ${named} new orders: time`,
      bound: 'at most',
      goal,
      unit: 'ratio',
      measured: batchCost(changed).seconds / batchCost(added).seconds,
      judged: isFullAndComplete(context),
    },
    note: `The history of ${of} orders was loaded from ${files.length} files of ${(bytes / 1e6).toFixed(0)} MB in ${load.length === 1 ? 'one execution' : `${load.length} executions`}, ${elapsed(load).toFixed(1)} s in total.`,
  };
}
