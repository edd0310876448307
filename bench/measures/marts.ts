import { catalog } from '../../catalog/catalog';
import { type BenchContext, isFull } from '../context';
import { dataset, newOrders } from '../datasets';
import { type ExecutionRecord, elapsed, KPI_MARTS, Pipeline, stepOf, TASKS } from '../pipeline';
import type { MeasureResult } from '../results';
import { mean } from '../statistics';
import { batchCost, cpuSeconds, stepsTable } from './steps-table';

const GOAL = 1.5;

/** Batches of new orders with all marts, alternating with the same ones with the two KPI tables only. */
export async function measureMarts(context: BenchContext): Promise<MeasureResult> {
  const { histories, batches, batchOrders } = context.sizes;
  const orders = histories[0] ?? batchOrders;
  const { shop, files } = await dataset(context, { orders });
  const runs = [
    { what: 'the two KPI tables', marts: KPI_MARTS },
    { what: `all ${catalog.marts.length} marts`, marts: undefined },
  ].map((run) => ({ ...run, executions: [] as ExecutionRecord[] }));
  const pipelines: Pipeline[] = [];
  try {
    for (const { what, marts } of runs) {
      const pipeline = await Pipeline.start(context, { marts });
      pipelines.push(pipeline);
      const seconds = elapsed(await pipeline.load(files));
      context.say(`${named(orders)} orders loaded in ${seconds.toFixed(0)} s, with ${what}`);
    }
    for (let batch = 0; batch < batches; batch += 1) {
      const added = await newOrders(context, shop, batch * batchOrders + 1, batchOrders);
      for (const [at, pipeline] of pipelines.entries())
        runs[at]?.executions.push(...(await pipeline.load(added)));
    }
  } finally {
    for (const pipeline of pipelines) await pipeline.close();
  }
  const [few, all] = runs.map(({ executions }) => executions) as [ExecutionRecord[], ExecutionRecord[]];
  const time = batchCost(all).seconds / batchCost(few).seconds;
  return {
    tables: [
      {
        title: `A batch of ${named(batchOrders)} new orders on ${named(orders)}, by what is computed`,
        columns: [
          { heading: 'computed', unit: 'text' },
          { heading: 'batch', unit: 'seconds' },
          ...TASKS.map((heading) => ({ heading, unit: 'seconds' as const })),
          { heading: 'CPU time', unit: 'seconds' },
          { heading: 'time relative to the two KPI tables', unit: 'ratio' },
          { heading: 'CPU time relative to the two KPI tables', unit: 'ratio' },
        ],
        rows: runs.map(({ what, executions }) => [
          what,
          batchCost(executions).seconds,
          ...TASKS.map((step) => mean(executions, (one) => stepOf(one, step).seconds)),
          cpuSeconds(executions) / executions.length,
          batchCost(executions).seconds / batchCost(few).seconds,
          cpuSeconds(executions) / cpuSeconds(few),
        ]),
      },
      stepsTable('A batch with all marts, by step', all),
    ],
    goals: [
      {
        what: 'a small batch with all marts / with the two KPI tables only: time',
        bound: 'at most',
        goal: GOAL,
        unit: 'ratio',
        measured: time,
        judged: isFull(context),
      },
    ],
    notes: [`The mean of ${batches} batches of each, alternating. The KPI tables need two other marts.`],
  };
}

const named = (count: number) => count.toLocaleString('en-US');
