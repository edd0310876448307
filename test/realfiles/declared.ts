import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Catalog, createCatalog } from '../../catalog/catalog';
import { type ContractSet, readContractFolder } from '../../catalog/contract-folder';
import { INCLUDED } from '../../catalog/included-contracts';
import { kpiDefinitions as definitions } from '../builders/kpi-catalog';
import { platformContracts } from '../builders/platform-contracts';
import type { Entry } from './manifest';

/** The catalog of a deployment that declares what an entry says. */
export function declaredCatalog({ folder, contracts = {} }: Entry): Catalog {
  const base = folder === undefined ? INCLUDED : platformContracts(folder);
  return createCatalog({ ...definitions, ...changed(base, contracts) });
}

function changed(base: ContractSet, contracts: NonNullable<Entry['contracts']>): ContractSet {
  const directory = mkdtempSync(path.join(tmpdir(), 'daybook-contracts-'));
  try {
    for (const [kind, changes] of Object.entries(contracts)) {
      const yaml = JSON.stringify({ extends: kind, ...changes });
      writeFileSync(path.join(directory, `${kind}.yaml`), yaml);
    }
    return readContractFolder(directory, base);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
