import { packagePath } from '../package-path';
import { INCLUDED } from './included-contracts';
import { NO_MARTS, readMartFolders } from './mart-folder';

/** The marts in `marts/`. The build replaces this module by its value, so that its bundles need no file. */
export const INCLUDED_MARTS = readMartFolders([packagePath('marts')], NO_MARTS, INCLUDED.contracts);
