import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { catalog } from '../../catalog/catalog';
import { csv, ORDERS } from '../builders/csv';
import { COMMAND, daybook } from './run-daybook';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'daybook-cli-test-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('demo uploads files and directories in order, so that the later version wins, and prints their outcomes', async () => {
  const order = (status: string) => csv(ORDERS, `1,7,${status},2025-05-01T10:00:00,,,,1`);
  mkdirSync(path.join(directory, 'z-first'));
  writeFileSync(path.join(directory, 'z-first', 'orders.csv'), order('delivered'));
  writeFileSync(path.join(directory, 'z-first', '.hidden.csv'), 'not for the pipeline');
  writeFileSync(path.join(directory, 'a later order.csv'), order('returned'));
  writeFileSync(path.join(directory, 'notes.txt'), 'ring the customer');
  const json = path.join(directory, 'result.json');

  const ran = await daybook([
    'demo',
    ...['z-first', 'a later order.csv', 'notes.txt'].map((name) => path.join(directory, name)),
    ...['--json', json],
  ]);
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  expect(ran.stdout).toMatch(/^ {2}input\/orders\.csv +orders +archived +1 +0$/m);
  expect(ran.stdout).toMatch(/^ {2}input\/a later order\.csv +orders +archived +1 +0$/m);
  expect(ran.stdout).toMatch(/^ {2}input\/notes\.txt +rejected +0 +0 +the kind of file is unknown/m);
  expect(ran.stdout).toMatch(/^ {2}2025-05-01 +1 +0\.00 +0 +1 +100\.00 +1$/m);
  const [, served = ''] =
    /\n3 files in \d+\.\d s; DynamoDB serves\n((?: {2}\S.*\n)+)$/.exec(ran.stdout) ?? [];
  expect(served.trim().split('\n')).toHaveLength(1 + catalog.served.length);
  expect(ran.stdout).toMatch(/^ {2}OrderKPIs +1 {2}\S/m);
  expect(ran.stdout).toMatch(/^ {2}CategoryKPIs +0 {2}\S/m);
  expect(ran.stdout).toMatch(/^ {2}ProductSales +0 {2}\S/m);
  const result = JSON.parse(readFileSync(json, 'utf8'));
  expect(result.files).toHaveLength(3);
  expect(result.executions[0].steps.map(({ state }: { state: string }) => state)).toEqual([
    'ValidateFiles',
    'ReadValidationResult',
    'HandleInvalidFiles',
    'HasValidFiles',
    'StageFiles',
    'TransformKpis',
    'ArchiveValidFiles',
    'SettleBatch',
    'NotifySuccess',
  ]);
}, 60_000);

test('demo --warehouse also loads a star schema, and prints its rows', async () => {
  const orders = path.join(directory, 'orders.csv');
  writeFileSync(
    orders,
    csv(ORDERS, '1,7,sold,2025-05-01T10:00:00,,,,1', '2,7,sold,2025-05-01T11:00:00,,,,1'),
  );
  const json = path.join(directory, 'result.json');
  const ran = await daybook(['demo', orders, '--warehouse', '--json', json]);
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  expect(ran.stdout).toMatch(/^warehouse\n {2}table +rows\n {2}dim_user +2\n/m);
  expect(ran.stdout).toMatch(/^ {2}fact_orders +2$/m);
  expect(JSON.parse(readFileSync(json, 'utf8')).warehouse).toMatchObject({ fact_orders: 2, fact_events: 0 });
}, 120_000);

test('Ctrl-C stops a demo with exit code 130 and deletes its directory', async () => {
  const child = spawn(process.execPath, [COMMAND, 'demo'], {
    env: { ...process.env, TMPDIR: directory },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const demoDirectories = () => readdirSync(directory).filter((name) => name.startsWith('daybook-demo-'));
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const exited = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('execution')) continue;
    expect(demoDirectories()).toHaveLength(1);
    child.kill('SIGINT');
    break;
  }
  const [code] = await exited;
  expect({ code, errors }).toEqual({ code: 130, errors: '' });
  expect(demoDirectories()).toEqual([]);
}, 60_000);
