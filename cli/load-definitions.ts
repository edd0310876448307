import { readContractFolders } from '../catalog/contract-folder';
import { useContracts } from '../catalog/contracts-in-use';
import { deploymentMarts, WithoutMartsError } from '../catalog/deployment-marts';
import { FileFaultsError } from '../catalog/file-faults';
import { INCLUDED } from '../catalog/included-contracts';
import { useMarts } from '../catalog/marts-in-use';
import type { DefinitionOptions } from './definition-options';

/** Uses the contracts and marts of these options in this process. @returns false if they have faults, which it prints */
export function loadDefinitions({ contracts: folders, ...options }: DefinitionOptions): boolean {
  let reading = 'contracts';
  try {
    const contracts = readContractFolders(folders, INCLUDED);
    if (folders.length > 0) useContracts(contracts);
    reading = 'marts';
    if (options.marts.length + options.withoutMarts.length > 0)
      useMarts(deploymentMarts(options, contracts.contracts));
    return true;
  } catch (error) {
    if (error instanceof WithoutMartsError) {
      process.stderr.write(`daybook: ${error.message}\n`);
      return false;
    }
    if (!(error instanceof FileFaultsError)) throw error;
    process.stderr.write(`daybook: these ${reading} have faults:\n${error.message}\n`);
    return false;
  }
}
