import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { packagePath } from '../../package-path';
import { csv } from '../builders/csv';

const directory = mkdtempSync(path.join(tmpdir(), 'daybook-extended-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test('a build with a fourth kind and a third KPI table takes a file of the kind to DynamoDB', () => {
  symlinkSync(packagePath('node_modules'), path.join(directory, 'node_modules'));
  const build = [
    '--definitions',
    packagePath('test', 'catalog', 'extended-definitions.ts'),
    '--to',
    directory,
  ];
  execFileSync(process.execPath, [packagePath('scripts', 'build.mjs'), ...build], { cwd: packagePath() });

  const file = path.join(directory, 'refunds.csv');
  writeFileSync(file, csv('refund_id,refunded_at,reason,amount', '1,2025-03-08T10:00:00,late,5.00'));
  const json = path.join(directory, 'result.json');
  const command = path.join(directory, 'dist', 'cli', 'daybook.cjs');
  const output = execFileSync(process.execPath, [command, 'demo', file, '--json', json], {
    encoding: 'utf8',
  });

  expect(output).toMatch(/^ {2}input\/refunds\.csv +refunds +archived +1 +0 *$/m);
  expect(output).toMatch(
    /^RefundKPIs\n +reason +order_date +refunds +refunded\n +late +2025-03-08 +1 +5\.00$/m,
  );
  expect(JSON.parse(readFileSync(json, 'utf8'))).toMatchObject({
    order_kpis: [],
    refund_kpis: [{ reason: 'late', order_date: '2025-03-08', refunds: '1', refunded: '5' }],
  });
}, 120_000);
