import { createCatalog } from '../../../catalog/catalog';
import type { Contract } from '../../../domain/contract';
import { scan } from '../../../lake/scan';
import { readSnapshot } from '../../../lake/snapshot';
import { kpiDefinitions as definitions } from '../../builders/kpi-catalog';
import { stageRows } from '../../builders/stage-rows';
import { TaskPipeline } from '../../builders/task-pipeline';

let pipeline: TaskPipeline;
beforeEach(() => {
  pipeline = new TaskPipeline();
});
afterEach(() => pipeline.close());

const RATES = {
  kind: 'currency_rates',
  rows: [{ currency: 'EUR', rate_date: '2025-07-01', rate: '1' }],
  uploadedAt: Date.UTC(2025, 6, 1),
};

const catalogWith = (change: (contract: Contract) => Partial<Contract>) =>
  createCatalog({
    ...definitions,
    contracts: definitions.contracts.map((contract) =>
      contract.kind === 'currency_rates' ? { ...contract, ...change(contract) } : contract,
    ),
  });

const pseudonymized = ({ columns }: Contract, isPseudonym: boolean): Partial<Contract> => ({
  columns: columns.map((column) =>
    column.name === 'currency' ? { ...column, pseudonymize: isPseudonym } : column,
  ),
});

test.each<[string, (contract: Contract) => Partial<Contract>, string]>([
  [
    'type',
    ({ columns }) => ({
      columns: columns.map((column) => (column.name === 'rate' ? { ...column, type: 'double' } : column)),
    }),
    'column rate is stored as decimal(18,8), declared is double',
  ],
  [
    'key',
    () => ({ key: ['rate_date'] }),
    'its daybook.key is stored as currency, rate_date, declared is rate_date',
  ],
  [
    'partition',
    () => ({ partition: { by: 'value', of: 'currency' } }),
    'it is stored with partitions by year, month, declared are currency',
  ],
  [
    'column less',
    ({ columns }) => ({ columns: columns.filter(({ name }) => name !== 'rate') }),
    'column rate is stored, and not declared: declare it again',
  ],
  [
    'way to store values',
    (contract) => pseudonymized(contract, true),
    'column currency is stored without pseudonyms, declared is "pseudonymize: true"',
  ],
])(
  'a contract with another %s than its table is refused, and the table stays as it was',
  async (_, change, message) => {
    await stageRows(pipeline, [RATES]);
    const before = pipeline.bucket.keys('staging/');
    pipeline.catalog = catalogWith(change);
    const later = [{ ...RATES, uploadedAt: RATES.uploadedAt + 1 }];
    const failure = stageRows(pipeline, later);
    await expect(failure).rejects.toThrow(`table staging/currency_rates: ${message}`);
    await expect(failure).rejects.toThrow('"Change a type, a key or a partition" in docs/runbook.md');
    expect(pipeline.bucket.keys('staging/')).toEqual(before);
  },
);

test('a column that is no longer pseudonymized is refused, until it is again', async () => {
  const hashed = catalogWith((contract) => pseudonymized(contract, true));
  pipeline.catalog = hashed;
  await stageRows(pipeline, [RATES]);
  pipeline.catalog = catalogWith((contract) => pseudonymized(contract, false));
  const later = [{ ...RATES, uploadedAt: RATES.uploadedAt + 1 }];
  await expect(stageRows(pipeline, later)).rejects.toThrow(
    'table staging/currency_rates: column currency is stored with pseudonyms, declared is none: declare "pseudonymize: true" again. To change it,',
  );
  pipeline.catalog = hashed;
  await stageRows(pipeline, later);
});

test('a column more can be pseudonymized from the start, and then stays so', async () => {
  await stageRows(pipeline, [RATES]);
  const withOwner = (pseudonymize: boolean) =>
    catalogWith(({ columns }) => ({
      columns: [...columns, { name: 'owner', type: 'text', required: false, pseudonymize }],
    }));
  const owned = { ...RATES, uploadedAt: RATES.uploadedAt + 1, rows: [{ ...RATES.rows[0], owner: 'f00' }] };
  pipeline.catalog = withOwner(true);
  await stageRows(pipeline, [owned]);
  pipeline.catalog = withOwner(false);
  await expect(stageRows(pipeline, [owned])).rejects.toThrow('column owner is stored with pseudonyms');
});

test('a column more is added, and the version column can change', async () => {
  await stageRows(pipeline, [RATES]);
  pipeline.catalog = catalogWith(({ columns }) => ({
    version: 'published',
    columns: [...columns, { name: 'published', type: 'int64', required: false }],
  }));
  const published = (day: number, number: string | null, rate: string) => ({
    ...RATES,
    uploadedAt: RATES.uploadedAt + day,
    rows: [{ ...RATES.rows[0], rate, published: number }],
  });
  await stageRows(pipeline, [published(1, '2', '2')]);
  await stageRows(pipeline, [published(2, '1', '3')]);
  await stageRows(pipeline, [published(3, null, '4')]);
  const rates = await pipeline.withLake(async (lake) => {
    const table = pipeline.catalog.stagingTable('currency_rates');
    await scan(lake, await readSnapshot(lake, table.location), table, 'rates');
    return lake.db.rows('select cast(rate as varchar) as rate, published from rates');
  });
  expect(rates).toEqual([{ rate: '2.00000000', published: '2' }]);
});
