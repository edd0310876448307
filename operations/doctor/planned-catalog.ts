import { z } from 'zod';
import { type Catalog, catalog, createCatalog } from '../../catalog/catalog';
import { readContractFolders } from '../../catalog/contract-folder';
import { definitions } from '../../catalog/definitions';
import { INCLUDED } from '../../catalog/included-contracts';
import type { Context } from './synthesize';

/** A list, or a string with commas, as `cdk deploy` reads it. */
const foldersSchema = z.union([z.array(z.string()), z.string().transform((text) => text.split(','))]);

/**
 * The catalog of the deployment that these context values describe: with the contracts that they name, or else with those of this
 * process.
 * @throws ContractError, CatalogError
 */
export function plannedCatalog({ contracts = [] }: Context): Catalog {
  const named = foldersSchema.parse(contracts).map((folder) => folder.trim());
  const folders = named.filter((folder) => folder !== '');
  if (folders.length === 0) return catalog;
  return createCatalog({ ...definitions, ...readContractFolders(folders, INCLUDED) });
}
