import { type BenchContext, isFull } from '../context';
import { dataset, orderFiles } from '../datasets';
import { type ExecutionRecord, elapsed, KPI_MARTS, Pipeline, STEPS, stepOf } from '../pipeline';
import type { MeasureResult } from '../results';
import { mean, spread, sum } from '../statistics';
import { stepsTable } from './steps-table';

const RATIO_GOAL = 2.5;

/** Many files of few orders, and one file with the same rows, each loaded into an empty pipeline. */
export async function measureSmallFiles(context: BenchContext): Promise<MeasureResult> {
  const { smallFiles, rowsPerSmallFile } = context.sizes;
  const rows = smallFiles * rowsPerSmallFile;
  const { shop } = await dataset(context, { orders: rows });
  const many = await orderFiles(context, shop, smallFiles, rowsPerSmallFile);
  const one = await orderFiles(context, shop, 1, rows);
  const runs = { many: [] as ExecutionRecord[][], one: [] as ExecutionRecord[][] };
  for (let round = 1; round <= context.rounds; round += 1) {
    runs.one.push(await loadInto(context, one));
    runs.many.push(await loadInto(context, many));
  }
  const oneSeconds = spread(runs.one.map(elapsed));
  const manySeconds = spread(runs.many.map(elapsed));
  const named = (count: number) => count.toLocaleString('en-US');
  const row = (what: string, seconds: typeof oneSeconds, all: readonly ExecutionRecord[][]) => [
    what,
    mean(all, (executions) => executions.length),
    seconds.median,
    seconds.min,
    ...STEPS.slice(0, 4).map((step) => mean(all, (run) => sum(run, (e) => stepOf(e, step).seconds))),
    seconds.median / oneSeconds.median,
  ];
  return {
    tables: [
      {
        title: `${named(rows)} orders in ${named(smallFiles)} files, and in one`,
        columns: [
          { heading: 'files', unit: 'text' },
          { heading: 'executions', unit: 'count' },
          { heading: 'median', unit: 'seconds' },
          { heading: 'min', unit: 'seconds' },
          ...STEPS.slice(0, 4).map((heading) => ({ heading, unit: 'seconds' as const })),
          { heading: 'relative to one file', unit: 'ratio' },
        ],
        rows: [
          row('1', oneSeconds, runs.one),
          row(`${named(smallFiles)} of ${named(rowsPerSmallFile)} rows`, manySeconds, runs.many),
        ],
      },
      stepsTable(`An execution of the ${named(smallFiles)} files, by step`, runs.many.flat()),
    ],
    goals: [
      {
        what: `${named(smallFiles)} small files / one file`,
        bound: 'at most',
        goal: RATIO_GOAL,
        unit: 'ratio',
        measured: manySeconds.median / oneSeconds.median,
        judged: isFull(context),
      },
    ],
    notes: [
      'The time is from the start of the first execution to the end of the last, including the orchestrator runs in between.',
    ],
  };
}

async function loadInto(
  context: BenchContext,
  files: Parameters<Pipeline['load']>[0],
): Promise<ExecutionRecord[]> {
  const pipeline = await Pipeline.start(context, { marts: KPI_MARTS });
  try {
    return await pipeline.load(files);
  } finally {
    await pipeline.close();
  }
}
