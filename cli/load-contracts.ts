import { ContractError, readContractFolders } from '../catalog/contract-folder';
import { useContracts } from '../catalog/contracts-in-use';
import { INCLUDED } from '../catalog/included-contracts';

/** Uses the contracts of these folders in this process. @returns false if they have faults, which it prints */
export function loadContracts(folders: readonly string[]): boolean {
  try {
    useContracts(readContractFolders(folders, INCLUDED));
    return true;
  } catch (error) {
    if (!(error instanceof ContractError)) throw error;
    process.stderr.write(`daybook: these contracts have faults:\n${error.message}\n`);
    return false;
  }
}
