/**
 * The columns of a contract in a header.
 */

import type { Column, Contract } from './contract';

/** What of a column's name counts: its letters and digits, without case. `Order ID`, `order-id` and `ORDER_ID` are one name. */
export function columnKey(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]/gu, '');
}

/** The {@link columnKey}s of a column: of its name and its aliases. */
export const columnKeys = ({ name, aliases = [] }: Column): string[] => [name, ...aliases].map(columnKey);

const byKey = new WeakMap<Contract, ReadonlyMap<string, number>>();

/** The index of the column for each of their {@link columnKeys}; kept, as thousands of files have the same contracts. */
function columnsByKey(contract: Contract): ReadonlyMap<string, number> {
  let known = byKey.get(contract);
  if (!known) {
    known = new Map(contract.columns.flatMap((column, at) => columnKeys(column).map((key) => [key, at])));
    byKey.set(contract, known);
  }
  return known;
}

/** A contract beside a header. */
export interface Candidate {
  readonly contract: Contract;
  /** The indexes of each column of the contract in the header, in contract order. */
  readonly places: readonly (readonly number[])[];
  /** The cells of the header that are columns of the contract. */
  readonly known: ReadonlySet<number>;
  /** Columns that the header does not have. */
  readonly missing: readonly string[];
  /** Those of them that are required. */
  readonly lacking: readonly string[];
}

/** @param keys the {@link columnKey}s of the header's cells */
export function candidate(contract: Contract, keys: readonly string[]): Candidate {
  const { columns } = contract;
  const columnOf = columnsByKey(contract);
  const places = columns.map((): number[] => []);
  const known = new Set<number>();
  for (const [at, key] of keys.entries()) {
    const column = columnOf.get(key);
    if (column === undefined) continue;
    places[column]?.push(at);
    known.add(at);
  }
  // Without a number of pieces, a row is one piece.
  const missing = columns.filter(
    ({ name }, at) => places[at]?.length === 0 && name !== contract.quantity?.column,
  );
  return {
    contract,
    places,
    known,
    missing: missing.map(({ name }) => name),
    lacking: missing.filter(({ required }) => required).map(({ name }) => name),
  };
}
