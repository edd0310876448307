import type { ContractSet } from './contract-folder';
import { inUse } from './in-use';
import { INCLUDED } from './included-contracts';

/** A deployment with its own contracts has them in this file, beside each of its bundles. */
export const CONTRACTS_FILE = 'contracts.json';

const contracts = inUse<ContractSet>(CONTRACTS_FILE, INCLUDED);

/** Replaces the included contracts in this process. Only before its catalog is loaded, which never changes. */
export const useContracts = contracts.use;

/** The contracts of this process, and whether they are the included ones. */
export function contractsInUse(): { readonly contracts: ContractSet; readonly isOwn: boolean } {
  const { value, isOwn } = contracts.get();
  return { contracts: value, isOwn };
}
