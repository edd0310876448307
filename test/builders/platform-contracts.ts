import path from 'node:path';
import { type ContractSet, readContractFolder } from '../../catalog/contract-folder';
import { INCLUDED } from '../../catalog/included-contracts';

/** The included contracts with those of a platform's folder. */
export const platformContracts = (platform: string): ContractSet =>
  readContractFolder(path.join(__dirname, '..', '..', 'contracts', platform), INCLUDED);
