import type { Catalog } from '../../catalog/catalog';
import { findContract } from './list';

const ANY_NAME = { names: ['*'] };

/**
 * A catalog of a single contract or source, by which files of any name and header are read.
 * @throws DeploymentError if there is none of this name
 */
export function onlyContract(
  catalog: Pick<Catalog, 'contracts' | 'sources' | 'contract'>,
  name: string,
): Pick<Catalog, 'contracts' | 'sources' | 'contract'> {
  const found = findContract(catalog, name);
  if ('source' in found) {
    return { contracts: [], sources: [{ ...found.source, match: ANY_NAME }], contract: catalog.contract };
  }
  const only = { ...found.contract, match: ANY_NAME };
  // Items of events have the contract of their own kind.
  const contract = (kind: string) => (kind === name ? only : catalog.contract(kind));
  return { contracts: [only], sources: [], contract };
}
