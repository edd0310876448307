import { type BenchContext, isJudged } from '../context';
import { dataset } from '../datasets';
import type { MeasureResult, Unit } from '../results';
import { median, spread } from '../statistics';
import { coldDataset, compareWithFloor, runCold } from './comparison';
import { stepsTable } from './steps-table';

const DIRT = 0.01;

const RATIO_GOAL = 4;

/** A first load of everything into an empty pipeline, beside its floor. */
export async function measureCold(context: BenchContext): Promise<MeasureResult> {
  const { data, floors, colds } = await compareWithFloor(context);
  const { orders } = (await coldDataset(context)).shop.options;
  const dirtyData = await dataset(context, { orders, files: 3, dirt: DIRT });
  const dirty = await runCold(context, dirtyData);
  const floor = spread(floors.map(({ seconds }) => seconds));
  const cold = spread(colds.map(({ seconds }) => seconds));
  const typical = colds.find(({ seconds }) => seconds >= cold.median) ?? colds[0];
  const row = (what: string, { median, min, max }: typeof cold) => [
    what,
    median,
    min,
    max,
    data.bytes / median,
    median / floor.median,
  ];
  const seconds = (heading: string) => ({ heading, unit: 'seconds' as Unit });
  return {
    tables: [
      {
        title: `Cold load: ${orders.toLocaleString('en-US')} orders from start of execution to success`,
        columns: [
          { heading: 'what', unit: 'text' },
          seconds('median'),
          seconds('min'),
          seconds('max'),
          { heading: 'CSV a second', unit: 'bytes' },
          { heading: 'to the floor', unit: 'ratio' },
        ],
        rows: [
          row('floor', floor),
          row('cold load', cold),
          row('cold load, 1 row in 100 dirty', spread([dirty.seconds])),
        ],
      },
      stepsTable('Cold load by step, a run in the middle', typical?.executions ?? []),
      stepsTable('The same with 1 row in 100 dirty', dirty.executions),
    ],
    goals: [
      {
        what: 'cold load / floor (aim: 3)',
        bound: 'at most',
        goal: RATIO_GOAL,
        unit: 'ratio',
        measured: cold.median / median(floors.map(({ seconds }) => seconds)),
        judged: isJudged(context),
      },
    ],
    notes: [
      `${data.files.length - 1} files of orders and items and one of products; ${colds.length} rounds, the floor before each load.`,
      'The execution starts three task processes and two functions anew; the time for that is in it.',
    ],
  };
}
