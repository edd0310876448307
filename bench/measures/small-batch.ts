import { type BenchContext, isFull } from '../context';
import { dataset, newOrders } from '../datasets';
import {
  type ExecutionRecord,
  elapsed,
  KPI_MARTS,
  Pipeline,
  type PipelineOptions,
  STEPS,
  stepOf,
} from '../pipeline';
import type { MeasureResult } from '../results';
import { mean, spread } from '../statistics';
import { stepsTable } from './steps-table';

const GOAL_SECONDS = 1.2;

/** Batches until the functions are warm. */
const WARM_UP = 2;

const RUNS: readonly (PipelineOptions & { readonly what: string })[] = [
  { what: 'functions, the two KPI tables', marts: KPI_MARTS, functions: true },
  { what: 'functions, all marts', functions: true },
  { what: 'tasks, the two KPI tables', marts: KPI_MARTS },
];

/** Batches of new orders on a short history, from start to success of an execution, in functions that are warm, and in tasks that start. */
export async function measureSmallBatch(context: BenchContext): Promise<MeasureResult> {
  const { histories, batches, batchOrders } = context.sizes;
  const orders = histories[0] ?? batchOrders;
  const { shop, files } = await dataset(context, { orders });
  const runs = RUNS.map((run) => ({ ...run, executions: [] as ExecutionRecord[] }));
  const pipelines: Pipeline[] = [];
  try {
    for (const { what, ...options } of RUNS) {
      const pipeline = await Pipeline.start(context, options);
      pipelines.push(pipeline);
      context.say(`${what}: history loaded in ${elapsed(await pipeline.load(files)).toFixed(0)} s`);
    }
    for (let batch = 0; batch < WARM_UP + batches; batch += 1) {
      const added = await newOrders(context, shop, batch * batchOrders + 1, batchOrders);
      for (const [at, pipeline] of pipelines.entries()) {
        const executions = await pipeline.load(added);
        if (batch >= WARM_UP) runs[at]?.executions.push(...executions);
      }
    }
  } finally {
    for (const pipeline of pipelines) await pipeline.close();
  }
  const secondsOf = ({ executions }: (typeof runs)[number]) =>
    spread(executions.map(({ seconds }) => seconds));
  const [functions] = runs as [(typeof runs)[number]];
  return {
    tables: [
      {
        title: `A batch of ${named(batchOrders)} new orders on ${named(orders)}`,
        columns: [
          { heading: 'in', unit: 'text' },
          { heading: 'median', unit: 'seconds' },
          { heading: 'min', unit: 'seconds' },
          { heading: 'max', unit: 'seconds' },
          ...STEPS.map((heading) => ({ heading, unit: 'seconds' as const })),
        ],
        rows: runs.map((run) => {
          const { median, min, max } = secondsOf(run);
          const steps = STEPS.map((step) => mean(run.executions, (e) => stepOf(e, step).seconds));
          return [run.what, median, min, max, ...steps];
        }),
      },
      stepsTable('In functions, with the two KPI tables, by step', functions.executions),
    ],
    goals: [
      {
        what: `a batch of ${named(batchOrders)} orders, from the start of its execution to success`,
        bound: 'at most',
        goal: GOAL_SECONDS,
        unit: 'seconds',
        measured: secondsOf(functions).median,
        judged: isFull(context),
      },
    ],
    notes: [
      `${batches} batches of each, alternating, after ${WARM_UP} that start the functions. Batches below \`smallBatchBytes\` run in functions, here as on AWS.`,
    ],
  };
}

const named = (count: number) => count.toLocaleString('en-US');
