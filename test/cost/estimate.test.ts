import summary from '../../bench/results/summary.json';
import { countDeployment, type DeploymentCounts } from '../../cost/deployment-counts';
import {
  executionsPerDay,
  executionUsage,
  idleUsage,
  monthUsage,
  taskSeconds,
  taskUsage,
} from '../../cost/estimate';
import { ROW_BYTES, TASK_SECONDS } from '../../cost/measured';
import { listPriceOf } from '../../cost/usage';
import { synthesize } from '../infra/template';

let counts: DeploymentCounts;
beforeAll(() => {
  counts = countDeployment(synthesize().toJSON());
});

const cpuHours = (seconds: number) =>
  taskUsage(seconds, counts, 'task').find(({ price }) => price === 'fargateCpu')?.quantity;

test('a task is billed for a minute at least, its start included', () => {
  expect(cpuHours(1)).toBeCloseTo(60 / 3600);
  expect(cpuHours(100)).toBeCloseTo(120 / 3600);
});

test('more rows take longer, fewer than were measured do not take less', () => {
  expect(taskSeconds('stage', 1_000_000)).toBeGreaterThan(taskSeconds('stage', 100_000));
  expect(taskSeconds('stage', 1)).toBe(taskSeconds('stage', 4000));
});

test('files that come together are one execution; a flood of files makes executions that follow each other', () => {
  const day = { rowsPerDay: 30_000, filesAtOnce: 3 };
  expect(executionsPerDay({ ...day, filesPerDay: 0 })).toBe(0);
  expect(executionsPerDay({ ...day, filesPerDay: 72 })).toBe(24);
  const flood = executionsPerDay({ ...day, filesPerDay: 100_000 });
  expect(flood).toBeGreaterThan(200);
  expect(flood).toBeLessThan(600);
});

test('a month without files is the idle month, but for what a year keeps', () => {
  const nothing = { filesPerDay: 0, rowsPerDay: 0, filesAtOnce: 3 };
  const idle = listPriceOf(idleUsage(counts));
  expect(listPriceOf(monthUsage(nothing, counts))).toBeGreaterThanOrEqual(idle);
  expect(listPriceOf(monthUsage(nothing, counts))).toBeLessThan(idle + 0.01);
});

test('an execution’s price grows with files and rows, and no usage is negative', () => {
  const price = (files: number, rows: number) => listPriceOf(executionUsage(files, rows, counts));
  expect(price(6, 4000)).toBeGreaterThan(price(3, 4000));
  expect(price(3, 40_000_000)).toBeGreaterThan(price(3, 4000));
  const month = monthUsage({ filesPerDay: 2880, rowsPerDay: 100_000_000, filesAtOnce: 3 }, counts);
  expect(month.filter(({ quantity }) => quantity < 0)).toEqual([]);
});

/** The value of a column in the row of a table that a title begins. */
function benched(measure: 'history' | 'cold', title: string, row: number, heading: string): number {
  const table = summary[measure].tables.find((one) => one.title.startsWith(title));
  const at = table?.columns.findIndex((column) => column.heading === heading) ?? -1;
  return Number(table?.rows.at(row)?.[at]);
}

test('what was measured is what the bench has published, within a half', () => {
  const near = (found: number, published: number) => {
    expect(found / published).toBeGreaterThan(1 / 1.5);
    expect(found / published).toBeLessThan(1.5);
  };
  for (const [row, task] of (['validate', 'stage', 'transform'] as const).entries()) {
    near(TASK_SECONDS.small[task], benched('history', 'A batch of 1,000 new orders', -1, task));
    near(TASK_SECONDS.large[task], benched('cold', 'Cold load by step', row, 'time'));
  }
  const [orders, items, csv] = summary.floor.tables[0]?.rows[0] ?? [];
  near(ROW_BYTES.csv, Number(csv) / (Number(orders) + Number(items)));
});
