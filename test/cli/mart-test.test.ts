import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createCatalog } from '../../catalog/catalog';
import { definitions } from '../../catalog/definitions';
import { INCLUDED } from '../../catalog/included-contracts';
import { INCLUDED_MARTS } from '../../catalog/included-marts';
import { readMartFolders } from '../../catalog/mart-folder';
import { packagePath } from '../../package-path';
import { csv, ORDERS } from '../builders/csv';
import { KPI_MARTS } from '../builders/kpi-catalog';
import { TaskPipeline } from '../builders/task-pipeline';
import { daybook, daybookHere } from './run-daybook';

const page = readFileSync(packagePath('docs', 'marts.md'), 'utf8');

/** The files that docs/marts.md writes, by path. */
const FILES = new Map(
  [...page.matchAll(/^```\w+ file=(\S+)\n(.*?)^```$/gms)].map(([, file = '', text = '']) => [file, text]),
);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'daybook-mart-test-'));
  for (const [file, text] of FILES) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  }
});
afterEach(() => rmSync(folder, { recursive: true }));

const ownMarts = () => path.join(folder, 'our-marts');
const test60 = (name: string, work: () => Promise<void>) => test(name, work, 60_000);

test60('the cases of the mart in docs/marts.md hold', async () => {
  expect([...FILES.keys()].map((file) => path.basename(file))).toEqual([
    'mart.yaml',
    'customer_returns.sql',
    'cases.yaml',
  ]);
  const { code, stdout, stderr } = await daybook(['mart', 'test', 'customer_returns', '--marts', ownMarts()]);
  expect({ code, stdout, stderr }).toEqual({
    code: 0,
    stdout: 'customer_returns: 1 case, all as expected\n',
    stderr: '',
  });
});

test60('a case that does not hold is named by file, line, row and column', async () => {
  const file = path.join(ownMarts(), 'customer_returns', 'cases.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('return_rate: 33.33', 'return_rate: 33.34'));
  const { code, stdout, stderr } = await daybook(['mart', 'test', 'customer_returns', '--marts', ownMarts()]);
  expect(code).toBe(1);
  expect(stdout).toMatch(/cases\.yaml:1: one of three orders came back/);
  expect(stdout).toContain('  user_id 7: return_rate is 33.33, expected 33.34\n');
  expect(stderr).toContain('1 of 1 case failed');
});

test60('a mart without cases does not pass', async () => {
  const file = path.join(ownMarts(), 'customer_returns', 'cases.yaml');
  rmSync(file);
  const { code, stdout, stderr } = await daybook(['mart', 'test', '--marts', ownMarts()]);
  expect({ code, stdout }).toEqual({
    code: 1,
    stdout: expect.stringContaining('customer_returns: no cases\n'),
  });
  expect(stderr).toContain(`1 mart without cases: add ${path.relative('', file)}`);
});

test60('an included mart is tested without options, and an unknown one is refused', async () => {
  expect(await daybookHere(['mart', 'test', 'order_kpis'])).toMatchObject({ code: 0, stderr: '' });
  const { code, stderr } = await daybookHere(['mart', 'test', 'order_kpi']);
  expect(code).toBe(1);
  expect(stderr).toContain('order_kpis');
});

test60('--json is of the subcommand, not of daybook mart', async () => {
  const tested = await daybookHere(['mart', 'test', 'order_kpis', '--json']);
  expect(JSON.parse(tested.stdout).marts).toMatchObject([{ mart: 'order_kpis', failed: [] }]);
  const listed = await daybookHere(['mart', 'list', '--json']);
  expect(JSON.parse(listed.stdout).marts.map(({ name }: { name: string }) => name)).toContain('order_kpis');
});

test60('the pipeline computes the mart of docs/marts.md from files, and keeps it exact', async () => {
  const { marts } = readMartFolders([ownMarts()], INCLUDED_MARTS, INCLUDED.contracts);
  const used = marts.filter(({ name }) => [...KPI_MARTS, 'customer_returns'].includes(name));
  const pipeline = new TaskPipeline('UTC', createCatalog({ ...definitions, marts: used }));
  try {
    const upload = (uploadedAt: number, ...rows: string[]) =>
      pipeline.process([{ key: `input/orders_${uploadedAt}.csv`, csv: csv(ORDERS, ...rows), uploadedAt }]);
    await upload(1, '1,7,delivered,2025-03-01T10:00:00,,,,1', '2,8,delivered,2025-03-01T10:00:00,,,,1');
    await upload(2, '1,7,returned,2025-03-01T10:00:00,,,,1', '3,7,delivered,2025-03-02T10:00:00,,,,1');
    expect(pipeline.store('customer_returns').all).toEqual(
      expect.arrayContaining([
        { user_id: '7', orders: '2', returned_orders: '1', return_rate: '50.00' },
        { user_id: '8', orders: '1', returned_orders: '0', return_rate: '0.00' },
      ]),
    );
    expect(await pipeline.verify()).toMatchObject({ differences: 0, is_current: true });
  } finally {
    pipeline.close();
  }
});
