import { z } from 'zod';
import { type Catalog, catalog, createCatalog } from '../../catalog/catalog';
import { readContractFolders } from '../../catalog/contract-folder';
import { definitions } from '../../catalog/definitions';
import { INCLUDED } from '../../catalog/included-contracts';
import { INCLUDED_MARTS } from '../../catalog/included-marts';
import { readMartFolders } from '../../catalog/mart-folder';
import type { Context } from './synthesize';

/** A list, or a string with commas, as `cdk deploy` reads it. */
const foldersSchema = z.union([z.array(z.string()), z.string().transform((text) => text.split(','))]);

/**
 * The catalog of the deployment that these context values describe: with the contracts and marts that they name, or else with
 * those of this process.
 * @throws ContractError, MartError, CatalogError
 */
export function plannedCatalog({ contracts = [], marts = [] }: Context): Catalog {
  const folders = foldersOf(contracts);
  const martFolders = foldersOf(marts);
  if (folders.length + martFolders.length === 0) return catalog;
  const planned = {
    ...definitions,
    ...(folders.length > 0 && readContractFolders(folders, INCLUDED)),
  };
  if (martFolders.length === 0) return createCatalog(planned);
  return createCatalog({
    ...planned,
    marts: readMartFolders(martFolders, INCLUDED_MARTS, planned.contracts).marts,
  });
}

const foldersOf = (value: unknown): string[] =>
  foldersSchema
    .parse(value)
    .map((folder) => folder.trim())
    .filter((folder) => folder !== '');
