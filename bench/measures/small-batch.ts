import { type BenchContext, isFull } from '../context';
import { dataset, newOrders } from '../datasets';
import {
  type ExecutionRecord,
  elapsed,
  KPI_MARTS,
  Pipeline,
  type PipelineOptions,
  STEPS,
  type StepRecord,
  stepOf,
} from '../pipeline';
import type { MeasureResult } from '../results';
import { mean, spread, sum } from '../statistics';
import { stepsTable } from './steps-table';

const GOAL_SECONDS = 1.2;
const GOAL_REQUESTS = 12;

/** What a request to S3 takes within its region, more or less. */
const LATENCY_MS = 25;

/** Batches until the functions are warm. */
const WARM_UP = 2;

const RUNS: readonly (PipelineOptions & { readonly what: string })[] = [
  { what: 'functions, the two KPI tables', marts: KPI_MARTS, functions: true },
  { what: 'functions, all marts', functions: true },
  { what: 'tasks, the two KPI tables', marts: KPI_MARTS },
  {
    what: `functions, the two KPI tables, S3 ${LATENCY_MS} ms away`,
    marts: KPI_MARTS,
    functions: true,
    latencyMs: LATENCY_MS,
  },
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
  const farAway = runs.at(-1)?.executions ?? [];
  const sequential = (execution: ExecutionRecord) =>
    sum(execution.steps, ({ sequential_requests }) => sequential_requests);
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
      {
        title: `Requests to S3, ${LATENCY_MS} ms away, by step`,
        columns: [
          { heading: 'step', unit: 'text' },
          { heading: 'time', unit: 'seconds' },
          { heading: 'requests', unit: 'count' },
          { heading: 'one after the other', unit: 'count' },
        ],
        rows: STEPS.map((step) => {
          const of = (value: (record: StepRecord) => number) =>
            mean(farAway, (execution) => value(stepOf(execution, step)));
          return [
            step,
            of(({ seconds }) => seconds),
            of(({ requests }) => requests),
            of(({ sequential_requests }) => sequential_requests),
          ];
        }),
      },
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
      {
        what: 'requests of such a batch to S3, one after the other',
        bound: 'at most',
        goal: GOAL_REQUESTS,
        unit: 'count',
        measured: mean(farAway, sequential),
        judged: isFull(context),
      },
    ],
    notes: [
      `${batches} batches of each, alternating, after ${WARM_UP} that start the functions. Batches below \`smallBatchBytes\` run in functions, here as on AWS.`,
      `S3 ${LATENCY_MS} ms away: each of its answers begins that much later. Of the requests that follow each other, each began after the answer to the one before it.`,
    ],
  };
}

const named = (count: number) => count.toLocaleString('en-US');
