import { stringify } from 'yaml';
import type { Catalog } from '../../catalog/catalog';
import { hashDefinition } from '../../catalog/contract-hash';
import type { Contract, Source } from '../../domain/contract';
import { DeploymentError } from '../errors';
import type { ListedContract } from './views';

type Definitions = Pick<Catalog, 'contracts' | 'sources' | 'contract'>;

/** The contracts, then the sources. @param files the file that each is from, by name */
export const listContracts = (
  { contracts, sources }: Definitions,
  files: Readonly<Record<string, string>>,
): ListedContract[] => [
  ...contracts.map((contract) => ({ ...listed(contract, contract.kind, files), key: contract.key })),
  ...sources.map((source) => ({ ...listed(source, source.name, files), maps: Object.keys(source.maps) })),
];

const listed = (
  definition: Contract | Source,
  name: string,
  files: Readonly<Record<string, string>>,
): ListedContract => ({
  name,
  description: definition.description ?? null,
  key: [],
  columns: definition.columns.length,
  required: definition.columns.filter(({ required }) => required).map((column) => column.name),
  match: definition.match?.names ?? [],
  maps: [],
  is_events: 'events' in definition && definition.events !== undefined,
  file: files[name] ?? null,
  hash: hashDefinition(definition),
});

/** The contract of a kind, or the source of a name. @throws DeploymentError that names those that exist */
export function findContract(
  { contracts, sources }: Definitions,
  name: string,
): { readonly contract: Contract } | { readonly source: Source } {
  const contract = contracts.find(({ kind }) => kind === name);
  if (contract) return { contract };
  const source = sources.find((one) => one.name === name);
  if (source) return { source };
  const names = [...contracts.map(({ kind }) => kind), ...sources.map((one) => one.name)];
  throw new DeploymentError(
    `there is no contract ${JSON.stringify(name)}: expected one of ${names.join(', ')}`,
  );
}

/** A contract as plain data with its defaults, as its file has it. @throws like {@link findContract} */
export function showContract(definitions: Definitions, name: string): object {
  const found = findContract(definitions, name);
  return 'contract' in found ? contractFile(found.contract) : sourceFile(found.source);
}

/** The same as YAML: a contract file with everything that included contracts and folders say. */
export const contractYaml = (definitions: Definitions, name: string): string =>
  stringify(showContract(definitions, name), { flowCollectionPadding: true });

function contractFile({ kind, columns, match, ...contract }: Contract): object {
  return {
    kind,
    ...contract,
    match: match ?? { names: [`${kind}*`] },
    columns: Object.fromEntries(columns.map(({ name, ...column }) => [name, column])),
  };
}

function sourceFile({ name, columns, ...source }: Source): object {
  return {
    source: name,
    ...source,
    columns: Object.fromEntries(columns.map(({ name: column, ...rest }) => [column, rest])),
  };
}
