/**
 * Cells that decide about a row, or about its file, before the values of its columns do.
 */

import { type Contract, DELETED_COLUMN, type RowCondition } from './contract';
import { type Candidate, columnKey } from './header-columns';
import { isAboveOne, isQuantityKey } from './quantity';
import { parseValue } from './values';

/**
 * - `leaveOut`: a row with one of the texts is left out.
 * - `deleted`: a row with one of the texts deletes its key.
 * - `flag`: a row in which this is true deletes its key.
 * - `pieces`: a file with a cell above 1 is rejected, because its contract does not say whether prices are of a piece or a line.
 */
export type RowGuard = {
  /** The index of the cell. */
  readonly at: number;
  /** The column as the file names it. */
  readonly column: string;
} & (
  | { readonly rule: 'leaveOut' | 'deleted'; readonly values: readonly string[] }
  | { readonly rule: 'flag' | 'pieces' }
);

/** What the guards say about a row: it is left out, deletes its key, has a bad flag, or makes the file invalid. */
export type Guarded =
  | { readonly outcome: 'leftOut' | 'deleted' }
  | { readonly outcome: 'bad'; readonly column: string; readonly expected: string; readonly reason: string }
  | { readonly outcome: 'pieces'; readonly column: string; readonly cell: string };

/** @returns a function that says what the first guard that a row meets makes of it; undefined for a row like any other */
export function rowGuard(guards: readonly RowGuard[]): (cells: readonly string[]) => Guarded | undefined {
  return (cells) => {
    for (const guard of guards) {
      const guarded = guardedBy(guard, cells[guard.at] ?? '');
      if (guarded) return guarded;
    }
    return undefined;
  };
}

function guardedBy(guard: RowGuard, cell: string): Guarded | undefined {
  switch (guard.rule) {
    case 'leaveOut':
      return guard.values.includes(plain(cell)) ? { outcome: 'leftOut' } : undefined;
    case 'deleted':
      return guard.values.includes(plain(cell)) ? { outcome: 'deleted' } : undefined;
    case 'flag': {
      const flag = parseValue('boolean', cell);
      if (!flag.ok) {
        return { outcome: 'bad', column: guard.column, expected: flag.expected, reason: flag.reason };
      }
      return flag.value === 'true' ? { outcome: 'deleted' } : undefined;
    }
    case 'pieces':
      return isAboveOne(cell) ? { outcome: 'pieces', column: guard.column, cell } : undefined;
  }
}

const plain = (text: string): string => text.trim().toLowerCase();

export interface Guards {
  /** Those of rows that are left out first, those of the file last. */
  readonly guards: readonly RowGuard[];
  /** Columns of conditions that the file lacks. */
  readonly missing: readonly string[];
  /** The indexes of cells that have the name of a single column. */
  readonly repeated: readonly { readonly name: string; readonly found: readonly number[] }[];
}

/** The guards of a contract's files with this header. @param keys the column keys of its cells */
export function guardsOf(found: Candidate, header: readonly string[], keys: readonly string[]): Guards {
  const { contract } = found;
  const guards: RowGuard[] = [];
  const missing: string[] = [];
  const repeated: { name: string; found: number[] }[] = [];
  const add = (name: string, places: readonly number[], guard: (at: number, column: string) => RowGuard) => {
    const [at] = places;
    if (at === undefined) return;
    if (places.length > 1) repeated.push({ name, found: [...places] });
    guards.push(guard(at, header[at]?.trim() ?? ''));
  };
  const conditions = (rule: 'leaveOut' | 'deleted', all: readonly RowCondition[]) => {
    for (const { column: name, values } of all) {
      const places = placesOf(name, found, keys);
      if (places.length === 0) missing.push(name);
      add(name, places, (at, column) => ({ rule, at, column, values: values.map(plain) }));
    }
  };
  conditions('leaveOut', contract.leaveOut ?? []);
  conditions('deleted', contract.deleted ? [contract.deleted] : []);
  if (contract.deleted?.column !== DELETED_COLUMN) {
    const places = [...header.keys()].filter((at) => plain(header[at] ?? '') === DELETED_COLUMN);
    add(DELETED_COLUMN, places, (at, column) => ({ rule: 'flag', at, column }));
  }
  return { guards: [...guards, ...undeclaredPieces(found, header, keys)], missing, repeated };
}

/** The cells of a column of the contract, or of another one with this name. */
function placesOf(name: string, { contract, places }: Candidate, keys: readonly string[]): readonly number[] {
  const own = contract.columns.findIndex((column) => column.name === name);
  if (own >= 0) return places[own] ?? [];
  const wanted = columnKey(name);
  return [...keys.keys()].filter((at) => keys[at] === wanted);
}

/** The columns of pieces for which the contract does not say what the price is of. */
function undeclaredPieces(
  { contract: { columns, quantity }, places, known }: Candidate,
  header: readonly string[],
  keys: readonly string[],
): RowGuard[] {
  if (!quantity) return [];
  const [own] = places[columns.findIndex(({ name }) => name === quantity.column)] ?? [];
  if (quantity.price && own !== undefined) return [];
  return header.flatMap((column, at) =>
    at === own || (!known.has(at) && isQuantityKey(keys[at] ?? ''))
      ? [{ rule: 'pieces', at, column: column.trim() }]
      : [],
  );
}

/** The columns that a row needs to delete its key, and that a deleted row keeps. */
export const deletingColumns = ({ key, version, partition: { by, of } }: Contract): ReadonlySet<string> =>
  new Set([...key, ...(version === undefined ? [] : [version]), ...(by === 'day' ? [of] : [])]);
