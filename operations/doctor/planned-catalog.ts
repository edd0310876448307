import { z } from 'zod';
import { type Catalog, catalog, createCatalog } from '../../catalog/catalog';
import { readContractFolders } from '../../catalog/contract-folder';
import { definitions } from '../../catalog/definitions';
import { deploymentMarts } from '../../catalog/deployment-marts';
import { INCLUDED } from '../../catalog/included-contracts';
import type { Context } from './synthesize';

/** A list, or a string with commas, as `cdk deploy` reads it. */
const listSchema = z.union([z.array(z.string()), z.string().transform((text) => text.split(','))]);

/**
 * The catalog of the deployment that these context values describe: with the contracts and marts that they name, or else with
 * those of this process.
 * @throws ContractError, MartError, WithoutMartsError, CatalogError
 */
export function plannedCatalog({ contracts = [], marts = [], withoutMarts = [] }: Context): Catalog {
  const folders = listOf(contracts);
  const options = { marts: listOf(marts), withoutMarts: listOf(withoutMarts) };
  const hasOwnMarts = options.marts.length + options.withoutMarts.length > 0;
  if (folders.length === 0 && !hasOwnMarts) return catalog;
  const planned = {
    ...definitions,
    ...(folders.length > 0 && readContractFolders(folders, INCLUDED)),
  };
  if (!hasOwnMarts) return createCatalog(planned);
  return createCatalog({ ...planned, marts: deploymentMarts(options, planned.contracts).marts });
}

const listOf = (value: unknown): string[] =>
  listSchema
    .parse(value)
    .map((part) => part.trim())
    .filter((part) => part !== '');
