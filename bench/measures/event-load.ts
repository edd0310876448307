import path from 'node:path';
import { packagePath } from '../../package-path';
import { type BenchContext, isFull, newDirectory } from '../context';
import { type EventFiles, eventFiles } from '../datasets';
import { type ExecutionRecord, elapsed, Pipeline } from '../pipeline';
import { runProgram } from '../program';
import type { MeasureResult } from '../results';
import { median, spread } from '../statistics';
import { cpuSeconds, stepsTable } from './steps-table';

const RATIO_GOAL = 6;

/** A first load of raw events with all marts, next to the same lines written to Parquet by DuckDB, alternating. */
export async function measureEventLoad(context: BenchContext): Promise<MeasureResult> {
  const { loadEvents } = context.sizes;
  const files = await eventFiles(context, loadEvents);
  const floors: FloorRun[] = [];
  const loads: (readonly ExecutionRecord[])[] = [];
  for (let round = 1; round <= context.rounds; round += 1) {
    const floor = await runFloor(context, files);
    const load = await runLoad(context, files);
    context.say(
      `round ${round}: DuckDB ${floor.seconds.toFixed(1)} s, the workflow ${elapsed(load).toFixed(1)} s`,
    );
    floors.push(floor);
    loads.push(load);
  }
  const floor = spread(floors.map(({ seconds }) => seconds));
  const load = spread(loads.map(elapsed));
  const floorCpu = median(floors.map(({ cpu_seconds }) => cpu_seconds));
  const row = (what: string, time: typeof load, cpu: number) => [
    what,
    time.median,
    time.min,
    time.max,
    files.lines / time.median,
    time.median / floor.median,
    cpu,
    cpu / floorCpu,
  ];
  const typical = loads.find((executions) => elapsed(executions) >= load.median) ?? [];
  return {
    tables: [
      {
        title: `${files.lines.toLocaleString('en-US')} raw events from files to marts`,
        columns: [
          { heading: 'run', unit: 'text' },
          { heading: 'median', unit: 'seconds' },
          { heading: 'min', unit: 'seconds' },
          { heading: 'max', unit: 'seconds' },
          { heading: 'events per second', unit: 'count' },
          { heading: 'time relative to DuckDB', unit: 'ratio' },
          { heading: 'CPU time', unit: 'seconds' },
          { heading: 'CPU time relative to DuckDB', unit: 'ratio' },
        ],
        rows: [
          row('DuckDB, NDJSON to Parquet', floor, floorCpu),
          row('the workflow, all marts', load, median(loads.map(cpuSeconds))),
        ],
      },
      stepsTable('The workflow by step, median run', typical),
    ],
    goals: [
      {
        what: 'raw events through the workflow / NDJSON to Parquet by DuckDB',
        bound: 'at most',
        goal: RATIO_GOAL,
        unit: 'ratio',
        measured: load.median / floor.median,
        judged: isFull(context),
      },
    ],
    notes: [
      `${files.files.length} files, compressed; ${loads.length} rounds.`,
      'DuckDB writes the lines as they are, with the columns that it finds, from local disk to local disk.',
    ],
  };
}

interface FloorRun {
  readonly seconds: number;
  readonly cpu_seconds: number;
}

/** @throws RangeError if it did not write every line */
async function runFloor(context: BenchContext, { directory, lines }: EventFiles): Promise<FloorRun> {
  const program = packagePath('dist', 'bench', 'event-floor.cjs');
  const out = `${newDirectory(context, 'event-floor')}.parquet`;
  const { seconds, stdout } = await runProgram(process.execPath, [program, directory, out]);
  const { rows, cpu_seconds } = JSON.parse(stdout);
  if (rows !== lines) throw new RangeError(`expected ${lines} rows in ${path.basename(out)}, got ${rows}`);
  return { seconds, cpu_seconds };
}

async function runLoad(context: BenchContext, { files }: EventFiles): Promise<readonly ExecutionRecord[]> {
  const pipeline = await Pipeline.start(context);
  try {
    return await pipeline.load(files);
  } finally {
    await pipeline.close();
  }
}
