import { packagePath } from '../package-path';
import { readIncludedContracts } from './contract-folder';

/** The contracts in `contracts/`. The build replaces this module by its value, so that its bundles need no file. */
export const INCLUDED = readIncludedContracts(packagePath('contracts'));
