import { describeChanges, newChanges, type SchemaChange } from '../../domain/schema-drift';
import type { ValidatedFile } from '../../domain/workflow';

const file = (more: Partial<ValidatedFile> = {}): ValidatedFile => ({
  key: 'input/orders.csv',
  etag: 'e',
  uploaded_at: '2025-03-30T12:00:00.000Z',
  outcome: 'valid',
  kind: 'orders',
  bytes: 10,
  rows: 1,
  bad_rows: 0,
  extra_columns: [],
  ...more,
});
const run = (executionId: string, files: ValidatedFile[], known: SchemaChange[] = []) =>
  newChanges(files, known, { executionId, at: '2025-03-30T12:00:00.000Z' });

const CHANGED = file({
  extra_columns: ['channel'],
  missing_columns: ['status'],
  renamed_columns: ['user_id'],
  reordered_columns: true,
});

test('every type of change is reported once per kind and column', () => {
  const first = run('e-1', [CHANGED, { ...CHANGED, key: 'input/orders_2.csv' }]);
  expect(first.map(({ change, column, key }) => [change, column, key])).toEqual([
    ['new', 'channel', 'input/orders.csv'],
    ['missing', 'status', 'input/orders.csv'],
    ['renamed', 'user_id', 'input/orders.csv'],
    ['reordered', '', 'input/orders.csv'],
  ]);
  expect(run('e-2', [CHANGED], first)).toEqual([]);
  expect(run('e-2', [file({ extra_columns: ['channel', 'note'] })], first)).toMatchObject([
    { column: 'note' },
  ]);
  expect(run('e-2', [{ ...CHANGED, kind: 'web_orders' }], first)).toHaveLength(4);
});

test('the same execution reports the same again', () => {
  const first = run('e-1', [CHANGED]);
  expect(run('e-1', [CHANGED], first)).toEqual(first);
});

test.each<Partial<ValidatedFile>>([{ outcome: 'invalid' }, { outcome: 'duplicate' }, { rows: 0 }])(
  'a file with %j reports nothing',
  (more) => {
    expect(run('e-1', [{ ...CHANGED, ...more }])).toEqual([]);
  },
);

test('names of columns without end are not kept', () => {
  const extra_columns = Array.from({ length: 2_000 }, (_, at) => `c${at}`);
  expect(run('e-1', [file({ extra_columns })])).toHaveLength(1_000);
});

test('the changes are one sentence per kind', () => {
  const changes = [
    ...run('e-1', [CHANGED]),
    ...run('e-1', [
      file({ kind: 'products', extra_columns: Array.from({ length: 12 }, (_, at) => `c${at}`) }),
    ]),
  ];
  expect(describeChanges(changes)).toBe(
    'orders: new column channel; missing column status; renamed column user_id; columns in another order. ' +
      'products: new columns c0, c1, c2, c3, c4, c5, c6, c7, c8, c9 and 2 more.',
  );
  expect(describeChanges([])).toBe('');
});
