import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { ContractSet } from './contract-folder';
import { INCLUDED } from './included-contracts';

/** A deployment with its own contracts has them in this file, beside each of its bundles. */
export const DEPLOYED_FILE = 'contracts.json';

let own: ContractSet | undefined;
let isInUse = false;

/** Replaces the included contracts in this process. Only before its catalog is loaded, which never changes. */
export function useContracts(contracts: ContractSet): void {
  if (isInUse) throw new Error('the catalog of this process is already loaded');
  own = contracts;
}

/** The contracts of this process, and whether they are the included ones. */
export function contractsInUse(): { readonly contracts: ContractSet; readonly isOwn: boolean } {
  isInUse = true;
  own ??= deployedContracts();
  return { contracts: own ?? INCLUDED, isOwn: own !== undefined };
}

/** Those that the deployment put beside this bundle; undefined if it has the included ones. */
function deployedContracts(): ContractSet | undefined {
  const file = path.join(__dirname, DEPLOYED_FILE);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as ContractSet) : undefined;
}
