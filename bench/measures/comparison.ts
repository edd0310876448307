/**
 * The cold load and its floor, alternating on the same files, so that a slow phase of the machine affects both.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { packagePath } from '../../package-path';
import { type BenchContext, newDirectory } from '../context';
import { type Dataset, dataset } from '../datasets';
import { compareKpis, type KpiSet } from '../kpi-sets';
import { type ExecutionRecord, elapsed, KPI_MARTS, Pipeline, type PipelineOptions } from '../pipeline';
import { runProgram } from '../program';

/** 1 million orders are in eight files of orders and items, including second versions, and one of products. */
const SLICES = 3;

export interface FloorRun {
  readonly seconds: number;
  readonly kpis: KpiSet;
  readonly peak_rss_bytes: number;
  readonly cpu_seconds: number;
}

export interface ColdRun {
  readonly seconds: number;
  readonly executions: readonly ExecutionRecord[];
  readonly kpis: KpiSet;
}

export const coldDataset = (context: BenchContext): Promise<Dataset> =>
  dataset(context, { orders: context.sizes.coldOrders, files: SLICES });

export async function runFloor(context: BenchContext, { files }: Dataset): Promise<FloorRun> {
  const out = `${newDirectory(context, 'floor')}.json`;
  const directory = path.dirname(files[0]?.path ?? '');
  const { seconds } = await runProgram(process.execPath, [
    packagePath('dist', 'bench', 'floor.cjs'),
    directory,
    out,
  ]);
  const { peak_rss_bytes, cpu_seconds, ...kpis } = JSON.parse(await readFile(out, 'utf8'));
  return { seconds, kpis, peak_rss_bytes, cpu_seconds };
}

/** Loads the files into a new pipeline. */
export async function runCold(
  context: BenchContext,
  { files }: Dataset,
  options: PipelineOptions = {},
): Promise<ColdRun> {
  const pipeline = await Pipeline.start(context, { marts: KPI_MARTS, ...options });
  try {
    const executions = await pipeline.load(files);
    return { seconds: elapsed(executions), executions, kpis: await pipeline.kpis() };
  } finally {
    await pipeline.close();
  }
}

export interface Comparison {
  readonly data: Dataset;
  readonly floors: readonly FloorRun[];
  readonly colds: readonly ColdRun[];
  /** KPI rows that are equal in the floor and the pipeline. */
  readonly comparedRows: number;
}

const done = new WeakMap<BenchContext, Promise<Comparison>>();

/** Measured once per run. @throws KpisDifferError */
export function compareWithFloor(context: BenchContext): Promise<Comparison> {
  const known = done.get(context);
  if (known) return known;
  const comparing = compare(context);
  done.set(context, comparing);
  return comparing;
}

async function compare(context: BenchContext): Promise<Comparison> {
  const data = await coldDataset(context);
  const floors: FloorRun[] = [];
  const colds: ColdRun[] = [];
  let comparedRows = 0;
  for (let round = 1; round <= context.rounds; round += 1) {
    const floor = await runFloor(context, data);
    const cold = await runCold(context, data);
    context.say(
      `round ${round}: floor ${floor.seconds.toFixed(1)} s, cold load ${cold.seconds.toFixed(1)} s`,
    );
    comparedRows = compareKpis('the floor', floor.kpis, cold.kpis);
    floors.push(floor);
    colds.push(cold);
  }
  return { data, floors, colds, comparedRows };
}
