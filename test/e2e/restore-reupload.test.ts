import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { catalog } from '../../catalog/catalog';
import { readKpis } from '../../operations/kpis/kpis';
import { csv, ORDERS } from '../builders/csv';
import { CrashRun } from '../crash/crash-run';
import { AS_EVER } from '../crash/setting';
import { until } from './local-pipeline';

const KEY = 'input/orders.csv';
const orders = (status: string) => csv(ORDERS, `1,7,${status},2025-03-01T10:00:00,,,,1`);

test('content that comes again while its first upload is at work is newer than what came between', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'daybook-taken-along-'));
  const run = await CrashRun.start(path.join(directory, 'data'), { ...AS_EVER, tasksOn: 'lambda' });
  try {
    const put = (key: string, body: string) => run.put({ key, body });
    await put(KEY, orders('delivered'));
    const quiet = run.untilQuiet();
    await until(
      async () => run.faults.plan.writes.some(({ resource }) => resource === 'Pipeline-Task-stage'),
      20_000,
    );
    await put('input/orders_between.csv', orders('returned'));
    await put(KEY, orders('delivered'));
    await quiet;
    await run.untilQuiet();
    expect(await run.keys('archive/')).toHaveLength(3);
    expect(await readKpis(run.deployment, catalog.servedMart('order_kpis'))).toEqual([
      expect.objectContaining({ order_date: '2025-03-01', return_rate: '0' }),
    ]);
  } finally {
    await run.stop();
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  }
}, 120_000);
