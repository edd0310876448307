import { type BenchContext, isFull } from '../context';
import { dataset } from '../datasets';
import type { MeasureResult, Unit } from '../results';
import { median, spread } from '../statistics';
import { coldDataset, compareWithFloor, runCold } from './comparison';
import { cpuSeconds, stepsTable } from './steps-table';

const DIRT = 0.01;

const RATIO_GOAL = 4;

/** A first load into an empty pipeline, next to its floor. */
export async function measureCold(context: BenchContext): Promise<MeasureResult> {
  const { data, floors, colds } = await compareWithFloor(context);
  const { orders } = (await coldDataset(context)).shop.options;
  const dirtyData = await dataset(context, { orders, files: 3, dirt: DIRT });
  const dirty = await runCold(context, dirtyData);
  const floor = spread(floors.map(({ seconds }) => seconds));
  const cold = spread(colds.map(({ seconds }) => seconds));
  const typical = colds.find(({ seconds }) => seconds >= cold.median) ?? colds[0];
  const floorCpu = median(floors.map(({ cpu_seconds }) => cpu_seconds));
  const row = (what: string, time: typeof cold, cpu: number) => [
    what,
    time.median,
    time.min,
    time.max,
    data.bytes / time.median,
    time.median / floor.median,
    cpu,
    cpu / floorCpu,
  ];
  const seconds = (heading: string) => ({ heading, unit: 'seconds' as Unit });
  return {
    tables: [
      {
        title: `Cold load: ${orders.toLocaleString('en-US')} orders from start of execution to success`,
        columns: [
          { heading: 'run', unit: 'text' },
          seconds('median'),
          seconds('min'),
          seconds('max'),
          { heading: 'CSV per second', unit: 'bytes' },
          { heading: 'time relative to the floor', unit: 'ratio' },
          seconds('CPU time'),
          { heading: 'CPU time relative to the floor', unit: 'ratio' },
        ],
        rows: [
          row('floor', floor, floorCpu),
          row('cold load', cold, median(colds.map(({ executions }) => cpuSeconds(executions)))),
          row('cold load, 1 row in 100 dirty', spread([dirty.seconds]), cpuSeconds(dirty.executions)),
        ],
      },
      stepsTable('Cold load by step, median run', typical?.executions ?? []),
      stepsTable('The same with 1 row in 100 dirty', dirty.executions),
    ],
    goals: [
      {
        what: 'cold load / floor (target: 3)',
        bound: 'at most',
        goal: RATIO_GOAL,
        unit: 'ratio',
        measured: cold.median / floor.median,
        judged: isFull(context),
      },
    ],
    notes: [
      `${data.files.length - 1} files of orders and items and one of products; ${colds.length} rounds, with the floor before each load.`,
      'CPU time is that of the process, for a load that of its three tasks, without the local S3 and the workflow.',
      'The time includes starting three task processes and two functions for the execution.',
    ],
  };
}
