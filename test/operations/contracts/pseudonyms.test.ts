import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createCatalog } from '../../../catalog/catalog';
import { definitions } from '../../../catalog/definitions';
import { checkFiles } from '../../../operations/contracts/check-files';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'daybook-check-pseudonyms-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a check shows values as hashes, says so, and quotes none of a bad row', async () => {
  const contracts = definitions.contracts.map((contract) => ({
    ...contract,
    columns: contract.columns.map((one) =>
      one.name === 'user_id' ? { ...one, type: 'text' as const, pseudonymize: true } : one,
    ),
  }));
  const file = path.join(folder, 'orders.csv');
  const rows = [
    '1,ann@shop.example,2025-03-01,1',
    '2,ann@shop.example,2025-03-02,1',
    '3,x,ann@shop.example,1',
  ];
  writeFileSync(file, `order_id,user_id,created_at,num_of_item\n${rows.join('\n')}\n`);
  const rules = { catalog: createCatalog({ ...definitions, contracts }), maxBadRowShare: 1, timeZone: 'UTC' };
  const [check] = await checkFiles([{ path: file }], rules);
  const [{ columns = [], first_rows: [one, other] = [] } = {}] = check?.tables ?? [];
  expect(columns.filter(({ pseudonymized }) => pseudonymized).map(({ name }) => name)).toEqual(['user_id']);
  const at = columns.findIndex(({ name }) => name === 'user_id');
  expect(one?.[at]).toMatch(/^[0-9a-f]{32}$/);
  expect(other?.[at]).toBe(one?.[at]);
  expect(check?.first_bad_rows).toMatchObject([{ line: 4, column: 'created_at', row: '' }]);
  expect(JSON.stringify(check)).not.toContain('ann@');
});
