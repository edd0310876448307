import { readFileSync } from 'node:fs';
import { countDeployment, type DeploymentCounts } from '../../cost/deployment-counts';
import {
  executionsPerDay,
  executionUsage,
  idleUsage,
  monthUsage,
  storageUsage,
  taskSeconds,
  taskUsage,
} from '../../cost/estimate';
import { COMPRESSION, LEDGER_ITEM_BYTES, ROW_BYTES, TASK_SECONDS } from '../../cost/measured';
import { fargateUsage, taskFunctionUsage } from '../../cost/task-usage';
import { billOf, listPriceOf } from '../../cost/usage';
import { DEFAULT_SMALL_BATCH } from '../../infra/small-batches';
import { RECONCILE_AFTER, TASK_FUNCTION_TIMEOUT } from '../../infra/timeouts';
import { packagePath } from '../../package-path';
import { builtTemplate } from '../builders/changed-template';

const TASKS = ['validate', 'stage', 'transform'] as const;

let counts: DeploymentCounts;
beforeAll(() => {
  // test/cost/events.test.ts counts the entry points for events.
  const { Resources } = builtTemplate();
  const others = Object.entries(Resources).filter(([id]) => !/^(Alarms.*)?events/i.test(id));
  counts = countDeployment({ Resources: Object.fromEntries(others) });
  expect(counts.secrets).toBe(0);
});

const cpuHours = (seconds: number) =>
  fargateUsage(seconds, counts.sizes, 'task').find(({ price }) => price === 'fargateCpu')?.quantity;

test('a Fargate task is billed for a minute at least', () => {
  expect(cpuHours(1)).toBeCloseTo(60 / 3600);
  expect(cpuHours(120)).toBeCloseTo(120 / 3600);
});

test('a task of a small batch is a function, billed by its seconds', () => {
  const prices = (rows: number) => taskUsage('stage', rows, counts).map(({ price }) => price);
  const most = counts.smallBatchBytes / ROW_BYTES.csv;
  expect(prices(most - 1)).toEqual(['lambdaTime', 'lambdaDisk', 'lambdaRequests']);
  expect(prices(most + 1)).toContain('fargateCpu');
  const [time] = taskFunctionUsage(10, counts.sizes, 'task');
  expect(time?.quantity).toBe(20);
});

describe('the threshold of small batches', () => {
  /** Of the three tasks, at list price. */
  const tasks = (rows: number, smallBatchBytes: number) =>
    TASKS.reduce((sum, task) => sum + listPriceOf(taskUsage(task, rows, { ...counts, smallBatchBytes })), 0);
  const asFunctions = (bytes: number) => tasks(bytes / ROW_BYTES.csv, Number.POSITIVE_INFINITY);
  const onFargate = (bytes: number) => tasks(bytes / ROW_BYTES.csv, 0);

  test('is cheaper as functions, and more so for smaller batches', () => {
    const { bytes } = DEFAULT_SMALL_BATCH;
    expect(counts.smallBatchBytes).toBe(bytes);
    expect(asFunctions(bytes)).toBeLessThan(onFargate(bytes) / 2);
    expect(asFunctions(bytes / 100)).toBeLessThan(onFargate(bytes / 100) / 3);
  });

  test('is cheaper even for compressed files, and as expensive at more than twice their size', () => {
    const unpacked = DEFAULT_SMALL_BATCH.bytes * COMPRESSION;
    expect(asFunctions(unpacked) / onFargate(unpacked)).toBeLessThan(0.7);
    const asMuch = 2.3e9;
    expect(asMuch).toBeGreaterThan(2 * unpacked);
    expect(asFunctions(asMuch) / onFargate(asMuch)).toBeGreaterThan(0.9);
    expect(asFunctions(asMuch) / onFargate(asMuch)).toBeLessThan(1.1);
  });

  test('is done long before the timeout of the functions', () => {
    const rows = (DEFAULT_SMALL_BATCH.bytes * COMPRESSION) / ROW_BYTES.csv;
    for (const task of TASKS)
      expect(taskSeconds(task, rows)).toBeLessThan(TASK_FUNCTION_TIMEOUT.toSeconds() / 4);
  });
});

test('a small shop pays less than 3 dollars a month, and 2 without the tables by product and customer, if nothing else uses the free tier', () => {
  const shop = { rowsPerDay: 30_000, filesPerDay: 72, filesAtOnce: 3 };
  const bill = (changed: Partial<DeploymentCounts>) => billOf(monthUsage(shop, { ...counts, ...changed }));
  const tables = counts.tables.filter(({ name }) => /^(Order|Category)KPIs$/.test(name));
  expect(tables).toHaveLength(2);
  expect(bill({})).toBeLessThan(3);
  expect(bill({ tables })).toBeLessThan(2);
  expect(bill({ tables, smallBatchBytes: 0 })).toBeGreaterThan(3);
});

test('more rows take longer; fewer than measured take as long as measured', () => {
  expect(taskSeconds('stage', 1_000_000)).toBeGreaterThan(taskSeconds('stage', 100_000));
  expect(taskSeconds('stage', 1)).toBe(taskSeconds('stage', 4000));
});

test('files that arrive together are one execution; continuous files are executions in a row', () => {
  const day = { rowsPerDay: 30_000, filesAtOnce: 3 };
  expect(executionsPerDay({ ...day, filesPerDay: 0 }, counts)).toBe(0);
  expect(executionsPerDay({ ...day, filesPerDay: 72 }, counts)).toBe(24);
  const flood = (smallBatchBytes: number) =>
    executionsPerDay({ ...day, filesPerDay: 100_000 }, { ...counts, smallBatchBytes });
  expect(flood(0)).toBeGreaterThan(200);
  expect(flood(0)).toBeLessThan(600);
  // Functions start in seconds.
  expect(flood(counts.smallBatchBytes)).toBeGreaterThan(5 * flood(0));
});

test('a month without files costs as much as the idle month, except for storage', () => {
  const nothing = { filesPerDay: 0, rowsPerDay: 0, filesAtOnce: 3 };
  const idle = listPriceOf(idleUsage(counts));
  expect(listPriceOf(monthUsage(nothing, counts))).toBeGreaterThanOrEqual(idle);
  expect(listPriceOf(monthUsage(nothing, counts))).toBeLessThan(idle + 0.01);
});

test('listings for lost messages and the ledger are included', () => {
  const minutes = RECONCILE_AFTER.toMinutes();
  expect(idleUsage(counts)).toContainEqual(
    expect.objectContaining({ price: 's3Writes', quantity: (30 * 24 * 60) / minutes }),
  );
  const stored = (filesPerDay: number) =>
    storageUsage({ filesPerDay, rowsPerDay: 0, filesAtOnce: 3 }, counts)
      .filter(({ price }) => price === 'dynamoStorage')
      .reduce((sum, { quantity }) => sum + quantity, 0);
  expect(stored(2880) - stored(0)).toBeCloseTo((2 * 2880 * 360 * LEDGER_ITEM_BYTES) / 1e9);
});

test('an execution’s price grows with files and rows, and no usage is negative', () => {
  const price = (files: number, rows: number) => listPriceOf(executionUsage(files, rows, counts));
  expect(price(6, 4000)).toBeGreaterThan(price(3, 4000));
  expect(price(3, 40_000_000)).toBeGreaterThan(price(3, 4000));
  const month = monthUsage({ filesPerDay: 2880, rowsPerDay: 100_000_000, filesAtOnce: 3 }, counts);
  expect(month.filter(({ quantity }) => quantity < 0)).toEqual([]);
});

/** The rows of a table of docs/performance.md, by heading. A title may be shortened. */
function published(title: string): Record<string, string>[] {
  const page = readFileSync(packagePath('docs', 'performance.md'), 'utf8');
  const [, table = ''] = page.split(`**${title}`)[1]?.split('\n\n') ?? [];
  const [headings = [], , ...rows] = table
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()));
  return rows.map((row) => Object.fromEntries(headings.map((heading, at) => [heading, row[at] ?? ''])));
}

test('the measured quantities are those of the published results, within a half', () => {
  const near = (found: number, cell: string | undefined, unit: string) => {
    expect(cell).toMatch(new RegExp(`^[\\d.]+ ${unit}$`));
    const ratio = found / Number.parseFloat(cell ?? '');
    expect(ratio).toBeGreaterThan(1 / 1.5);
    expect(ratio).toBeLessThan(1.5);
  };
  const small = published('A batch of 1,000 new orders by length').at(-1);
  const large = published('Cold load by step');
  for (const [row, task] of TASKS.entries()) {
    near(TASK_SECONDS.small[task], small?.[task], 's');
    near(TASK_SECONDS.large[task], large[row]?.time, 's');
  }
  const [floor] = published('Floor');
  const rows = [floor?.orders, floor?.items].map((count) => Number(count?.replaceAll(',', '')));
  near((((rows[0] ?? 0) + (rows[1] ?? 0)) * ROW_BYTES.csv) / 1e6, floor?.CSV, 'MB');
});
