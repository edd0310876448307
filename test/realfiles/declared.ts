import { type Catalog, catalog, createCatalog } from '../../catalog/catalog';
import type { Column, Contract } from '../../domain/contract';
import type { Entry } from './manifest';

/** The project's catalog with the changes that an entry declares: columns are changed or added by name. */
export function declaredCatalog({ contracts = {} }: Entry): Catalog {
  return createCatalog({
    contracts: catalog.contracts.map((contract) => changed(contract, contracts[contract.kind])),
    inputs: catalog.inputs,
    marts: catalog.marts,
  });
}

function changed(
  contract: Contract,
  { columns = {}, ...changes }: NonNullable<Entry['contracts']>[string] = {},
) {
  const own = contract.columns.map((column) => ({ ...column, ...columns[column.name] }));
  const added = Object.entries(columns)
    .filter(([name]) => !own.some((column) => column.name === name))
    .map(([name, column]) => ({ name, required: false, ...column }) as unknown as Column);
  return { ...contract, ...changes, columns: [...own, ...added] } as Contract;
}
