import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { daybook } from '../cli/run-daybook';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'daybook-own-marts-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const write = (name: string, ...lines: string[]) => {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
};
const [contracts, marts] = ['contracts', 'marts'];
const own = () => ['--contracts', path.join(folder, contracts), '--marts', path.join(folder, marts)];

const REFUND_DAYS = [
  'grain: one row per reason and day with a refund',
  'description: refunds per reason and day',
  'key: [reason, refund_date]',
  'columns:',
  '  reason: { type: text, description: why }',
  '  refund_date: { type: date, description: day of the refund }',
  '  refunds: { type: count, description: how many }',
  '  refunded: { type: money, description: their amount }',
  'inputs: [{ name: refunds, day: refunded_at }]',
  'refresh: { by: day }',
  'serve: { dynamodb: { table: RefundDays, id: RefundDays } }',
];
const SQL = [
  'select',
  "  coalesce(reason, 'Unknown') as reason,",
  '  cast(from_utc_timestamp(refunded_at, $[time_zone]) as date) as refund_date,',
  '  count(*) as refunds,',
  '  sum(amount) as refunded',
  'from refunds',
  'group by 1, 2',
];

test('a mart over a kind, both only folders of the deployment, is computed from a file and served by a table of its own', async () => {
  write(
    'contracts/refunds.yaml',
    'kind: refunds',
    'key: [refund_id]',
    'partition: { by: month, of: refunded_at }',
    'columns:',
    '  refund_id: { type: text, required: true }',
    '  refunded_at: { type: timestamp, required: true }',
    '  reason: { type: text }',
    '  amount: { type: money, required: true }',
  );
  write('marts/refund_days/mart.yaml', ...REFUND_DAYS);
  write('marts/refund_days/refund_days.sql', ...SQL);
  const file = write(
    'refunds.csv',
    'refund_id,refunded_at,reason,amount',
    'R-1,2025-03-01T10:00:00Z,late,5.00',
    'R-2,2025-03-01T12:00:00Z,late,1.255',
    'R-3,2025-03-02T00:00:00Z,,2',
  );
  const json = path.join(folder, 'result.json');
  const { code, stderr } = await daybook(['demo', ...own(), file, '--json', json]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const { refund_days: rows } = JSON.parse(readFileSync(json, 'utf8'));
  expect(rows).toHaveLength(2);
  expect(rows).toEqual(
    expect.arrayContaining([
      { reason: 'late', refund_date: '2025-03-01', refunds: '2', refunded: '6.26' },
      { reason: 'Unknown', refund_date: '2025-03-02', refunds: '1', refunded: '2' },
    ]),
  );
}, 240_000);

test('SQL that gives another type or cannot be bound stops the start, with file and line', async () => {
  write('marts/refund_days/refund_days.sql', ...SQL.with(4, '  avg(amount) as refunded'));
  write('marts/refund_hours/mart.yaml', ...REFUND_DAYS.slice(0, -1));
  write('marts/refund_hours/refund_hours.sql', ...SQL.with(5, 'from refund'));
  const { code, stderr } = await daybook(['demo', ...own(), path.join(folder, 'refunds.csv')]);
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /marts\/refund_days\/mart\.yaml:8: columns\.refunded: it is declared as money, but refund_days\.sql gives DOUBLE, which is not exact: cast it\n/,
  );
  expect(stderr).toMatch(
    /marts\/refund_hours\/refund_hours\.sql:6: Catalog Error: Table with name refund does not exist/,
  );
}, 120_000);

test('files of marts with faults stop every command, with file and line', async () => {
  write('marts/refund_days/mart.yaml', ...REFUND_DAYS.with(9, 'refresh: { by: week }'));
  const environment = {
    DAYBOOK_CONTRACTS: path.join(folder, contracts),
    DAYBOOK_MARTS: path.join(folder, marts),
  };
  const { code, stderr } = await daybook(['query', '--tables'], environment);
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^daybook: these marts have faults:\n.*refund_days\/mart\.yaml:10: refresh\.by: expected/,
  );
}, 60_000);
