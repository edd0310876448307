import { createCatalog } from '../../../catalog/catalog';
import type { Contract } from '../../../domain/contract';
import { entryKey } from '../../../lake/log';
import { contractMismatches } from '../../../operations/lake/contract-mismatches';
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
const catalogWith = (change: Partial<Contract>) =>
  createCatalog({
    ...definitions,
    contracts: definitions.contracts.map((contract) =>
      contract.kind === 'currency_rates' ? { ...contract, ...change } : contract,
    ),
  });
const mismatches = () => pipeline.withLake((lake) => contractMismatches(lake, pipeline.catalog));

test('says what stage says, about the table and its history, and nothing of tables that fit or do not exist', async () => {
  expect(await mismatches()).toEqual([]);
  await stageRows(pipeline, [RATES]);
  expect(await mismatches()).toEqual([]);

  pipeline.catalog = catalogWith({ key: ['rate_date'] });
  const [mismatch = '', ...others] = await mismatches();
  expect(others).toEqual([]);
  expect(mismatch).toMatch(
    /^table staging\/currency_rates: its daybook\.key is stored as currency, rate_date/,
  );
  await expect(stageRows(pipeline, [RATES])).rejects.toThrow(mismatch);

  pipeline.catalog = catalogWith({ history: true });
  expect(await mismatches()).toEqual([]);
  await stageRows(pipeline, [{ ...RATES, uploadedAt: RATES.uploadedAt + 1 }]);
  pipeline.catalog = catalogWith({ history: true, key: ['rate_date'] });
  expect(await mismatches()).toEqual([
    expect.stringMatching(/^table staging\/currency_rates_history: its daybook\.key/),
  ]);
});

test('names a log that cannot be read, which also stops stage', async () => {
  for (const day of [0, 1, 2]) await stageRows(pipeline, [{ ...RATES, uploadedAt: RATES.uploadedAt + day }]);
  await pipeline.bucket.delete(entryKey('staging/currency_rates', 1));
  const [mismatch = ''] = await mismatches();
  expect(mismatch).toMatch(/^table staging\/currency_rates: expected .*1\.json in its log/);
  await expect(stageRows(pipeline, [RATES])).rejects.toThrow(mismatch);
});
