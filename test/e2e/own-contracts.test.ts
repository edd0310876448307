import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { daybook } from '../cli/run-daybook';
import { LocalPipeline, until } from './local-pipeline';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'daybook-own-contracts-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const write = (name: string, ...lines: string[]) => {
  const file = path.join(folder, name);
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
};

test('a pipeline with contracts of its own loads files of a new kind, and records the hash', async () => {
  write(
    'refunds.yaml',
    'kind: refunds',
    'key: [refund_id]',
    'partition: { by: month, of: refunded_at }',
    'columns:',
    '  refund_id: { type: text, required: true }',
    '  refunded_at: { type: timestamp, required: true }',
  );
  write('orders.yaml', 'extends: orders', 'columns: { user_id: { aliases: [Kunde] } }');
  const refunds = write('refunds.csv', 'refund_id,refunded_at', 'R-1,2025-03-01T10:00:00Z');
  const orders = write('orders.csv', 'order_id,Kunde,created_at,num_of_item', '1,7,2025-03-01T10:00:00Z,1');
  const json = path.join(folder, 'result.json');
  const { code, stderr } = await daybook(['demo', '--contracts', folder, refunds, orders, '--json', json]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const { files, order_kpis } = JSON.parse(readFileSync(json, 'utf8'));
  expect(files).toMatchObject([
    { key: 'input/refunds.csv', kind: 'refunds', outcome: 'valid', rows: 1 },
    { key: 'input/orders.csv', kind: 'orders', outcome: 'valid', rows: 1 },
  ]);
  expect(order_kpis).toMatchObject([{ order_date: '2025-03-01', unique_customers: '1' }]);
}, 120_000);

test('a pipeline that pseudonymizes reads its key with the rights of validate, and counts customers as before', async () => {
  write('orders.yaml', 'extends: orders', 'columns:', '  user_id: { type: text, pseudonymize: true }');
  const header = 'order_id,user_id,created_at,num_of_item';
  const row = (id: number, user: string) => `${id},${user}@shop.example,2025-03-01T10:00:00Z,1`;
  const orders = write('orders.csv', header, row(1, 'ann'), row(2, 'bob'), row(3, 'ann'));
  const json = path.join(folder, 'result.json');
  const { code, stderr, stdout } = await daybook(['demo', '--contracts', folder, orders, '--json', json]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const result = readFileSync(json, 'utf8');
  const { order_kpis } = JSON.parse(result);
  expect(order_kpis).toMatchObject([{ order_date: '2025-03-01', total_orders: '3', unique_customers: '2' }]);
  expect(`${result}${stdout}`).not.toContain('@shop.example');
}, 120_000);

test('contracts that do not fit the tables of an earlier start are named by daybook local and doctor, in the words of stage', async () => {
  const first = await LocalPipeline.start();
  expect(first.printed).not.toContain('warning');
  await first.put('input/inventory.csv', 'product_id,on_hand,counted_at\n1,2,2025-03-01\n');
  await first.untilQuiet();
  await first.end();
  write('inventory.yaml', 'extends: inventory', 'columns: { on_hand: { type: double } }');
  const again = await LocalPipeline.start({ directory: first.directory, contracts: folder });
  try {
    const refusal =
      'table staging/inventory: column on_hand is stored as long (int64), declared is double. To change it, see "Change a type, a key or a partition" in docs/runbook.md';
    expect(again.printed).toContain(`warning: ${refusal}\n`);
    const environment = { AWS_ENDPOINT_URL: again.ready.endpoint };
    const own = await daybook(['doctor'], { ...environment, DAYBOOK_CONTRACTS: folder });
    expect(own.code).toBe(0);
    expect(own.stdout).toMatch(
      /\n {2}warning {2}tables of the contracts +the files of these contracts will be/,
    );
    expect(own.stdout).toContain(refusal);
    const planned = await daybook(['doctor', '-c', `contracts=${folder}`], environment);
    expect(planned.stdout).toContain(refusal);
    const included = await daybook(['doctor'], environment);
    expect(included.stdout).toMatch(/\n {2}ok {7}tables of the contracts /);
    await again.put('input/inventory_2.csv', 'product_id,on_hand,counted_at\n1,2.5,2025-03-02\n');
    await until(async () => (await again.executions()).some(({ status }) => status === 'FAILED'));
    const failed = (await again.executions()).find(({ status }) => status === 'FAILED');
    expect(JSON.stringify(failed)).toContain(JSON.stringify(refusal).slice(1, -1));
  } finally {
    await again.stop();
  }
}, 180_000);

test('contracts with faults stop every command, with file and line', async () => {
  write('orders.yaml', 'extends: orders', 'columns:', '  user_id: { alias: [Kunde] }');
  const { code, stderr } = await daybook(['query', '--tables'], { DAYBOOK_CONTRACTS: folder });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^daybook: these contracts have faults:\n/);
  expect(stderr).toMatch(
    /orders\.yaml:3: columns\.user_id\.alias: is no property: did you mean aliases\?\n$/,
  );
}, 60_000);
