/** The rules of sources: files whose rows SQL maps to rows of several kinds. */

import { type ColumnType, type Contract, pseudonymizes, type Source } from './contract';
import type { ContractFault } from './contract-rules';

/** The contract by which a source's own rows are checked before they are mapped. Its rows are not stored, so it has no key. */
export const rowsContract = ({ name, maps, fillDown, group, ...file }: Source): Contract => ({
  ...file,
  kind: name,
  isOfSource: true,
  key: [],
  partition: { by: 'value', of: '' },
});

/**
 * The contract of a source's own rows, of which no message quotes a cell if a kind that they are mapped to pseudonymizes: any of
 * its columns can have the values.
 */
function guardedRowsContract(source: Source, contractOf: (kind: string) => Contract): Contract {
  const contract = rowsContract(source);
  if (!Object.keys(source.maps).some((kind) => pseudonymizes(contractOf(kind)))) return contract;
  return { ...contract, columns: contract.columns.map((column) => ({ ...column, pseudonymize: true })) };
}

/** The contracts by which files are read: those of kinds and, for their own rows, of sources. */
export const fileContracts = ({
  contracts,
  sources,
  contract,
}: {
  readonly contracts: readonly Contract[];
  readonly sources: readonly Source[];
  readonly contract: (kind: string) => Contract;
}): Contract[] => [...contracts, ...sources.map((source) => guardedRowsContract(source, contract))];

/**
 * Those by which the header of a file is matched. The aliases of events and their items are names of properties: with them, headers
 * of other files would look like theirs. Files of events are told by their keys.
 */
export function headerContracts(contracts: readonly Contract[]): Contract[] {
  const ofEvents = contracts.flatMap(({ kind, events }) => (events ? [kind, events.items] : []));
  return contracts.map((contract) => {
    if (!ofEvents.includes(contract.kind)) return contract;
    return { ...contract, columns: contract.columns.map(({ aliases: _, ...column }) => column) };
  });
}

/** The column whose rows are loaded together or not at all, because the SQL derives rows from all of them. */
export const groupColumn = ({ group, fillDown }: Source): string | undefined => group ?? fillDown?.by;

/**
 * The contract by which mapped rows are checked. Values that the SQL passes on as text are written as in the file, so they are
 * read with the source's notation; all others have been typed by the SQL.
 *
 * @param texts the columns that are text in the SQL's result
 */
export function mappedContract(
  contract: Contract,
  { name, notation }: Source,
  texts: ReadonlySet<string>,
): Contract {
  const { notation: _, columns, quantity, ...rest } = contract;
  return {
    ...rest,
    // Prices are those of all pieces, whatever files of the kind have.
    ...(quantity && { quantity: { ...quantity, price: 'line' } }),
    // Remedies are lines for the contract of the source.
    kind: name,
    isOfSource: true,
    columns: columns.map(({ notation: __, ...column }) =>
      notation && texts.has(column.name) ? { ...column, notation } : column,
    ),
  };
}

/** The types that SQL can parse texts to, by `parse_<type>`. */
export const PARSED_TYPES = [
  'int64',
  'money',
  'double',
  'boolean',
  'timestamp',
  'date',
] as const satisfies readonly ColumnType[];

/** Every fault of a source; none if it can be used. Its SQL is checked when it runs. */
export function sourceFaults({ columns, fillDown, group }: Source): ContractFault[] {
  const isColumn = (name: string) => columns.some((column) => column.name === name);
  const fault = (path: ContractFault['path'], name: string): ContractFault[] =>
    isColumn(name)
      ? []
      : [{ path, message: `${name} is not a column: add it to columns, or name one that is there` }];
  return [
    ...(fillDown ? fault(['fillDown', 'by'], fillDown.by) : []),
    ...(fillDown?.columns ?? []).flatMap((name, at) => fault(['fillDown', 'columns', at], name)),
    ...(group === undefined ? [] : fault(['group'], group)),
  ];
}
