import { createCatalog, catalog as productCatalog } from '../../../catalog/catalog';
import { taskResultKey } from '../../../domain/object-keys';
import { merge } from '../../../lake/merge';
import { kpiDefinitions as definitions } from '../../builders/kpi-catalog';
import { readDeltaRows } from '../../builders/read-delta';
import { stageRows } from '../../builders/stage-rows';
import { TaskPipeline } from '../../builders/task-pipeline';

const catalogWith = (history: boolean, version?: string) =>
  createCatalog({
    ...definitions,
    contracts: definitions.contracts.map((contract) =>
      contract.kind === 'products' ? { ...contract, history, ...(version && { version }) } : contract,
    ),
  });

let pipeline: TaskPipeline;
beforeEach(() => {
  pipeline = new TaskPipeline();
});
afterEach(() => pipeline.close());

const at = (day: number) => Date.UTC(2025, 6, day);
const product = (id: string, name: string) => ({ id, name, department: 'Kids' });
const products = (day: number, ...rows: { id: string; name?: string; _deleted?: 'true' }[]) => ({
  kind: 'products',
  rows,
  uploadedAt: at(day),
});

/** `id name day`, in this order. */
const versions = async () =>
  (await readDeltaRows(pipeline.bucket, 'staging/products_history'))
    .map(({ id, name, _deleted, _source_modified_at }) =>
      [id, _deleted ? 'deleted' : name, Number(_source_modified_at?.slice(8, 10))].join(' '),
    )
    .sort();
const staged = (executionId: string) =>
  JSON.parse(pipeline.bucket.text(taskResultKey(executionId, 'stage')) ?? '{}').tables[0];
const noDifferences = async () => {
  const { differences, histories, is_current } = await pipeline.verify();
  expect({ differences, is_current }).toEqual({ differences: 0, is_current: true });
  return histories;
};

test('products keep every version, in whatever order they come, and the same batch again adds none', async () => {
  const batches = [
    products(3, product('1', 'three'), product('2', 'three')),
    products(1, product('1', 'one'), product('1', 'one again')),
    products(4, { id: '2', _deleted: 'true' }),
    products(2, product('1', 'two')),
  ];
  const kept = ['1 one 1', '1 one again 1', '1 three 3', '1 two 2', '2 deleted 4', '2 three 3'];
  for (const batch of batches) await stageRows(pipeline, [batch]);
  expect(await versions()).toEqual(kept);
  const again = await stageRows(pipeline, batches);
  expect(staged(again)).toMatchObject({ versions_added: 0, inserted: 0, updated: 0, superseded: 6 });
  expect(await versions()).toEqual(kept);
  expect(await noDifferences()).toEqual([{ table: 'products_history', versions: 6, rows: 2 }]);
  const { tables } = await pipeline.maintain();
  expect(tables.map(({ table }) => table)).toContain('products_history');
  expect(await versions()).toEqual(kept);
});

test('a version column orders the versions, and a version without a value is kept too', async () => {
  pipeline = new TaskPipeline('UTC', catalogWith(true, 'sku'));
  const version = (sku: string | null, name: string) => ({ ...product('1', name), sku });
  const rows = (day: number, row: object) => ({ kind: 'products', rows: [{ ...row }], uploadedAt: at(day) });
  await stageRows(pipeline, [rows(1, version('b', 'second'))]);
  await stageRows(pipeline, [rows(2, version('a', 'first'))]);
  await stageRows(pipeline, [rows(3, version(null, 'unknown'))]);
  expect(await versions()).toEqual(['1 first 2', '1 second 1', '1 unknown 3']);
  const [row] = await readDeltaRows(pipeline.bucket, 'staging/products');
  expect(row).toMatchObject({ name: 'second' });
  await noDifferences();
});

test('a task that stops between the history and the table loses nothing: its retry completes both', async () => {
  await stageRows(pipeline, [products(1, product('1', 'one'))]);
  pipeline.bucket.before = ({ operation, key }) => {
    if (operation === 'putIfAbsent' && key.startsWith('staging/products/')) throw new Error('killed');
  };
  const batch = [products(2, product('1', 'two'))];
  await expect(stageRows(pipeline, batch)).rejects.toThrow('killed');
  pipeline.bucket.before = undefined;
  const ahead = await pipeline.verify();
  expect(ahead).toMatchObject({ differences: 1, is_current: false });
  expect(ahead.first_differences[0]).toMatchObject({
    table: 'staging/products_history',
    key: ['1'],
    kind: 'different',
    columns: expect.arrayContaining([{ name: 'name', expected: 'one', found: 'two' }]),
  });
  await stageRows(pipeline, batch);
  expect(await versions()).toEqual(['1 one 1', '1 two 2']);
  await noDifferences();
});

test('the history of a table that has rows begins with them, and with the batch', async () => {
  pipeline = new TaskPipeline('UTC', catalogWith(false));
  await stageRows(pipeline, [products(1, product('1', 'one'), product('2', 'one'))]);
  await stageRows(pipeline, [products(2, product('1', 'two'), { id: '2', _deleted: 'true' })]);
  pipeline.catalog = catalogWith(true);
  await stageRows(pipeline, [products(3, product('3', 'three'))]);
  expect(await versions()).toEqual(['1 two 2', '2 deleted 2', '3 three 3']);
  await noDifferences();
  await stageRows(pipeline, [products(1, product('1', 'one'))]);
  expect(await versions()).toEqual(['1 one 1', '1 two 2', '2 deleted 2', '3 three 3']);
  await noDifferences();
});

test('a row that another program changed in the table is found', async () => {
  await stageRows(pipeline, [products(1, product('1', 'one'), product('2', 'one'))]);
  const lineage = `'x' as _source_key, timestamptz '2025-07-09' as _source_modified_at, 2 as _source_line`;
  const values = `null as sku, null as cost, null as category, null as brand, null as retail_price, 'Kids' as department`;
  await pipeline.withLake((lake) =>
    merge(lake, productCatalog.stagingTable('products'), {
      rows: `(select 3 as id, 'foreign' as name, ${values}, null as _deleted, ${lineage})`,
      deletes: '(select 2 as id)',
    }),
  );
  const { differences, first_differences } = await pipeline.verify();
  expect(differences).toBe(2);
  expect(first_differences.map(({ key, kind }) => [key, kind]).sort()).toEqual([
    [['2'], 'unexpected'],
    [['3'], 'missing'],
  ]);
});
