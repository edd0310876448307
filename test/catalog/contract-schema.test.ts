import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { contractJsonSchema } from '../../catalog/contract-schema';
import { packagePath } from '../../package-path';

const CONTRACTS = packagePath('contracts');
const textOf = (file: string) => readFileSync(path.join(CONTRACTS, file), 'utf8');

test('the published JSON Schema is up to date: npm run schema writes it', () => {
  expect(JSON.parse(textOf('contract.schema.json'))).toEqual(contractJsonSchema());
});

test('every included contract names its schema for editors', () => {
  const files = readdirSync(CONTRACTS).filter((file) => file.endsWith('.yaml'));
  expect(files).toHaveLength(5);
  for (const file of files)
    expect(textOf(file)).toMatch(/^# yaml-language-server: \$schema=contract\.schema\.json\n/);
});
