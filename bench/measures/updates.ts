import type { BenchContext } from '../context';
import { changedOrders, dataset, newOrders } from '../datasets';
import { type ExecutionRecord, elapsed, Pipeline, stepOf, TASKS } from '../pipeline';
import type { MeasureResult } from '../results';
import { mean } from '../statistics';
import { batchCost, stepsTable } from './steps-table';

/** Batches of changes to orders of a whole year, alternating with batches of as many new orders on the same history. */
export async function measureUpdates(context: BenchContext): Promise<MeasureResult> {
  const { updateHistory, updateBatches, batchOrders } = context.sizes;
  const { shop, files, bytes } = await dataset(context, { orders: updateHistory });
  const pipeline = await Pipeline.start(context);
  const added: ExecutionRecord[] = [];
  const changed: ExecutionRecord[] = [];
  let load: readonly ExecutionRecord[];
  try {
    load = await pipeline.load(files);
    for (let batch = 0; batch < updateBatches; batch += 1) {
      const first = batch * batchOrders + 1;
      added.push(...(await pipeline.load(await newOrders(context, shop, first, batchOrders))));
      changed.push(...(await pipeline.load(await changedOrders(context, shop, batch, batchOrders))));
    }
  } finally {
    await pipeline.close();
  }
  const row = (what: string, executions: readonly ExecutionRecord[]) => {
    const { seconds, objectsRead, read, written } = batchCost(executions);
    const steps = TASKS.map((step) => mean(executions, (e) => stepOf(e, step).seconds));
    return [what, seconds, ...steps, objectsRead, read, written, seconds / batchCost(added).seconds];
  };
  const count = batchOrders.toLocaleString('en-US');
  return {
    tables: [
      {
        title: `Changes spread over ${shop.options.days} days, on ${updateHistory.toLocaleString('en-US')} orders of history`,
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
          row(`${count} new orders with their items`, added),
          row(`${count} changed statuses`, changed),
          row('the history, in one load', load),
        ],
      },
      stepsTable(`A batch of ${count} changed statuses, by step`, changed),
    ],
    goals: [],
    notes: [
      `The mean of ${updateBatches} batches of each, alternating. The changes affect every day, so the KPIs of every day are computed again.`,
      `The history was loaded from ${files.length} files of ${(bytes / 1e6).toFixed(0)} MB in ${load.length === 1 ? 'one execution' : `${load.length} executions`}, ${elapsed(load).toFixed(1)} s in total.`,
    ],
  };
}
