import { createCatalog, type Definitions } from '../../catalog/catalog';
import { definitions as own } from '../../catalog/definitions';
import type { ColumnType, Contract } from '../../domain/contract';
import { resourceNames } from '../../domain/names';
import { csv, ORDERS } from '../builders/csv';
import { TaskPipeline } from '../builders/task-pipeline';
import { definitions } from './extended-definitions';

const catalog = createCatalog(definitions);
const REFUNDS = 'refund_id,refunded_at,reason,amount';
const MARCH = Date.UTC(2025, 2, 30);
const orders = csv(ORDERS, '1,7,delivered,2025-03-08T10:00:00,,,,1');

let pipeline: TaskPipeline;
beforeEach(() => {
  pipeline = new TaskPipeline('UTC', catalog);
});
afterEach(() => pipeline.close());

const upload = (key: string, body: string, day = 0) =>
  pipeline.process([{ key: `input/${key}`, csv: body, uploadedAt: MARCH + day * 86_400_000 }]);

describe('a fourth kind and a third KPI table, defined in the catalog only', () => {
  test('are processed from file to DynamoDB, including changes and deletions of a day', async () => {
    await upload(
      'refunds.csv',
      csv(
        REFUNDS,
        '1,2025-03-08T10:00:00, late ,5.00',
        '2,2025-03-08T11:00:00,late,1.25',
        '3,2025-03-09T00:00:00,,2',
      ),
    );
    expect(pipeline.store('refund_kpis').all).toEqual([
      { reason: 'late', order_date: '2025-03-08', refunds: '2', refunded: '6.25' },
      { reason: 'Unknown', order_date: '2025-03-09', refunds: '1', refunded: '2.00' },
    ]);
    await upload('refunds_moved.csv', csv(REFUNDS, '3,2025-03-10T00:00:00,broken,2'), 1);
    expect(pipeline.store('refund_kpis').all.map(({ reason, order_date }) => [reason, order_date])).toEqual([
      ['late', '2025-03-08'],
      ['broken', '2025-03-10'],
    ]);
    expect(pipeline.store('refund_kpis').writes.slice(2)).toEqual([
      'put broken|2025-03-10',
      'delete Unknown|2025-03-09',
    ]);
    expect(await pipeline.verify()).toMatchObject({ differences: 0, is_current: true });
  });

  test('do not affect the others: a batch of one kind recomputes only the tables that read it', async () => {
    await upload('orders.csv', orders);
    await upload('refunds.csv', csv(REFUNDS, '1,2025-03-08T10:00:00,late,5.00'), 1);
    expect(pipeline.orders.writes).toEqual(['put 2025-03-08']);
    expect(await pipeline.verify()).toMatchObject({ differences: 0, is_current: true });
  });

  test("have a table of their own, under the deployment's prefix", () => {
    expect(resourceNames('shop-').table(catalog.servedMart('refund_kpis').dynamoDb.table)).toBe(
      'shop-RefundKPIs',
    );
  });
});

describe('the definition of a KPI table', () => {
  const withMart = (change: (sql: string) => string): Definitions => ({
    ...own,
    marts: own.marts.map((mart) => (mart.name === 'order_kpis' ? { ...mart, sql: change(mart.sql) } : mart)),
  });

  test('is versioned by its text: after a change of one character, every day is recomputed', async () => {
    pipeline = new TaskPipeline('UTC', createCatalog(own));
    const days = ['01', '02', '03'].map((day, at) => `${at + 1},7,delivered,2025-03-${day}T10:00:00,,,,1`);
    await upload('orders.csv', csv(ORDERS, ...days));
    pipeline.catalog = createCatalog(
      withMart((sql) => sql.replace(') as total_orders', ')+1 as total_orders')),
    );
    await pipeline.process([]);
    expect(pipeline.orders.all.map(({ total_orders }) => total_orders)).toEqual(['2', '2', '2']);
    expect(await pipeline.verify()).toMatchObject({ differences: 0, is_current: true });
  });

  test('has the same version for the same text, so that nothing is written', async () => {
    pipeline = new TaskPipeline('UTC', createCatalog(own));
    await upload('orders.csv', orders);
    const before = pipeline.orders.writes.length;
    pipeline.catalog = createCatalog(withMart((sql) => sql));
    await pipeline.process([]);
    expect(pipeline.orders.writes.length).toBe(before);
  });
});

describe('contradictory definitions', () => {
  const faultsOf = (change: Partial<Definitions>) => {
    try {
      createCatalog({ ...definitions, ...change });
      return 'none';
    } catch (error) {
      return error instanceof Error ? error.message : '';
    }
  };
  const [refunds] = definitions.marts.slice(-1) as [Definitions['marts'][number]];
  const contractsWith = (kind: string, change: (contract: Contract) => Partial<Contract>) => ({
    contracts: definitions.contracts.map((contract) =>
      contract.kind === kind ? { ...contract, ...change(contract) } : contract,
    ),
  });
  const withColumn = (name: string, type: ColumnType = 'text', more: Partial<Contract> = {}) =>
    contractsWith('refunds', ({ columns }) => ({
      columns: [...columns, { name, type, required: false }],
      ...more,
    }));
  const withType = (kind: string, name: string, type: ColumnType) =>
    contractsWith(kind, ({ columns }) => ({
      columns: columns.map((column) => (column.name === name ? { ...column, type } : column)),
    }));

  test.each([
    [
      'a kind defined twice',
      { contracts: [...definitions.contracts, ...definitions.contracts.slice(0, 1)] },
      'currency_rates is defined twice',
    ],
    ['an invalid name', { marts: [{ ...refunds, name: 'a;b' }] }, '"a;b" is not a valid name'],
    [
      'a key that is not a column',
      { marts: [{ ...refunds, key: ['x', 'order_date'] }] },
      'refund_kpis: x is not a column',
    ],
    [
      'a key without the day',
      { marts: [{ ...refunds, key: ['reason'] }] },
      'refund_kpis: a mart that is refreshed by day must have a date in its key',
    ],
    [
      'a table that there is none of',
      { inputs: definitions.inputs.slice(0, -1) },
      'refund_kpis: it reads counted_refunds, which is not a kind, a mart or a view',
    ],
    [
      'an input whose changes affect an unknown day',
      { marts: [{ ...refunds, inputs: [{ name: 'refunds' }] }] },
      'refund_kpis: how a change of refunds affects it is unknown: add touched.sql',
    ],
    [
      'an additive mart without a count',
      { marts: [{ ...refunds, refresh: { by: 'day', aggregate: 'additive', exists: 'refunded' } as const }] },
      'refund_kpis: an additive mart must name in "exists" the count that its rows exist by',
    ],
    [
      'a mart that reads itself',
      { marts: [{ ...refunds, inputs: [{ name: 'refund_kpis' }] }] },
      'refund_kpis: it reads a mart that reads refund_kpis',
    ],
    [
      'a table of two marts',
      { marts: [refunds, { ...refunds, name: 'refund_days' }] },
      'RefundKPIs is the table of two marts',
    ],
    [
      'a view that reads what is not there',
      { marts: [{ ...refunds, view: { sql: '', columns: [], reads: ['nothing'] } }] },
      'refund_kpis: its view reads nothing, which is not a kind or a mart',
    ],
    [
      'rows that belong to nothing that is read',
      { inputs: definitions.inputs.slice(2) },
      'counted_items: what its rows belong to cannot be found',
    ],
    [
      'a reference of another type than the key',
      withType('orders', 'order_id', 'text'),
      'order_items.order_id has the type int64, but orders.order_id, which it refers to, text',
    ],
    [
      'a day of a date, which is none of the reporting time zone',
      withType('orders', 'created_at', 'date'),
      'counted_orders: orders.created_at must be a timestamp',
    ],
    [
      'a key of two columns that is referred to by one',
      contractsWith('orders', () => ({ key: ['order_id', 'user_id'] })),
      'counted_items: what its rows belong to cannot be found',
    ],
    ['a column defined twice', withColumn('reason'), 'refunds: the column reason is defined twice'],
    ['a reserved name', withColumn('_deleted'), 'give it one that does not start with _, with _deleted as'],
    [
      'an invalid column name',
      withColumn('Grund "x"'),
      'refunds: "Grund \\"x\\"" is not a valid column name',
    ],
    ['a name of the partition', withColumn('month'), 'the partition by month has a column month: give'],
    [
      'a partition of another type',
      contractsWith('refunds', () => ({ partition: { by: 'month', of: 'amount' } })),
      'refunds: the partition column amount must have the type timestamp or date',
    ],
    [
      'a version that is not a column',
      contractsWith('refunds', () => ({ version: 'updated_at' })),
      'refunds: the version updated_at is not a column',
    ],
    [
      'a version that cannot be compared',
      withColumn('state', 'json', { version: 'state' }),
      'refunds: state must have another type than json',
    ],
  ])('the error names %s', (_, change, fault) => {
    expect(faultsOf(change)).toContain(fault);
  });

  test('are not found in the definitions of this build', () => {
    expect(faultsOf({})).toBe('none');
  });
});

test('the result of each task has the hash of the contracts', async () => {
  const executionId = await upload('orders.csv', orders);
  for (const task of ['validate', 'stage', 'transform']) {
    const result = pipeline.bucket.text(`results/${executionId}/${task}.json`) ?? '{}';
    expect(JSON.parse(result).contracts).toBe(catalog.contractsHash);
  }
  expect(catalog.contractsHash).not.toBe(createCatalog(own).contractsHash);
});
