import { readContractFolders } from '../catalog/contract-folder';
import { useContracts } from '../catalog/contracts-in-use';
import { FileFaultsError } from '../catalog/file-faults';
import { INCLUDED } from '../catalog/included-contracts';
import { INCLUDED_MARTS } from '../catalog/included-marts';
import { readMartFolders } from '../catalog/mart-folder';
import { useMarts } from '../catalog/marts-in-use';
import type { DefinitionFolders } from './definition-folders';

/** Uses the contracts and marts of these folders in this process. @returns false if they have faults, which it prints */
export function loadDefinitions({ contracts: folders, marts }: DefinitionFolders): boolean {
  let reading = 'contracts';
  try {
    const contracts = readContractFolders(folders, INCLUDED);
    if (folders.length > 0) useContracts(contracts);
    reading = 'marts';
    if (marts.length > 0) useMarts(readMartFolders(marts, INCLUDED_MARTS, contracts.contracts));
    return true;
  } catch (error) {
    if (!(error instanceof FileFaultsError)) throw error;
    process.stderr.write(`daybook: these ${reading} have faults:\n${error.message}\n`);
    return false;
  }
}
