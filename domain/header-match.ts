/**
 * The kind of a file and its columns, by its name and its header.
 */

import { type Contract, pseudonymizes } from './contract';
import { type KeptColumn, keptColumns } from './extra-columns';
import { kindFromName } from './file-names';
import type { FileFault } from './file-rules';
import { type Candidate, candidate, columnKey } from './header-columns';
import { ambiguousKind, missingColumns, otherKind, unknownKind } from './kind-faults';
import { plural } from './plural';
import { type Guards, guardsOf, type RowGuard } from './row-guards';

/** Maps the cells of a record to the columns of a contract. */
export interface HeaderMatch {
  readonly contract: Contract;
  /** The index of each of the contract's columns, in contract order; null for an optional column that the file lacks. */
  readonly positions: readonly (number | null)[];
  /** Number of cells in the header, and in every valid record. */
  readonly width: number;
  /** All columns as named in the file, in its order. */
  readonly names: readonly string[];
  /** Columns that are not in the contract, as named in the file; long lists are truncated. */
  readonly extraColumns: readonly string[];
  /** Optional columns that the file lacks, whose values are null, and columns of conditions that it lacks. */
  readonly missingColumns: readonly string[];
  /** Columns of the contract that the file has under an alias. */
  readonly renamedColumns: readonly string[];
  /** True if the columns are in another order than in the contract. */
  readonly isReordered: boolean;
  /** Cells that decide about a row, or the file, besides those of the contract's columns. */
  readonly guards: readonly RowGuard[];
  /** Extra columns that the contract keeps. */
  readonly kept: readonly KeptColumn[];
}

/** The indexes of the cells that must be read: of the contract's columns, then of the guards. */
export const cellPositions = ({ positions, guards }: HeaderMatch): (number | null)[] => [
  ...positions,
  ...guards.map(({ at }) => at),
];

export type HeaderOutcome = { readonly match: HeaderMatch } | { readonly fault: FileFault };

const MAX_EXTRA_COLUMNS = 50;

/**
 * Finds the kind by the file name, or else by the header. Each required column must be in the header, and no column of the
 * contract twice. Columns that are not in the contract are ignored, and may be repeated.
 */
export function matchHeader(
  key: string,
  header: readonly string[],
  contracts: readonly Contract[],
): HeaderOutcome {
  // The first line of a file without a header has values.
  const failed = ({ details, ...fault }: FileFault): HeaderOutcome => ({
    fault: contracts.some(pseudonymizes) ? fault : { ...fault, ...(details && { details }) },
  });
  const keys = header.map(columnKey);
  const candidates = contracts.map((contract) => candidate(contract, keys));
  const fitting = byHeader(candidates);
  const kind = kindFromName(key, contracts);
  const named = candidates.find(({ contract }) => contract.kind === kind);
  const found = named ?? fitting;
  if (!found) {
    const possible = candidates.filter(fits);
    return failed(possible.length > 1 ? ambiguousKind(header, possible) : unknownKind(header, candidates));
  }
  const other = fitting === found ? undefined : fitting?.contract.kind;
  if (found.lacking.length > 0) return failed(missingColumns(found, header, other));
  // Otherwise rows of another kind would be read with nulls in place of what makes rows of this one.
  if (other && fitting && found.missing.length > 0 && hasMore(fitting, found)) {
    return failed(otherKind(found, header, other));
  }
  const guards = guardsOf(found, header, keys);
  const repeated = repeatedColumns(found, guards, header);
  return repeated ? { fault: repeated } : { match: matched(found, guards, header) };
}

/**
 * The contract that the header alone identifies: all its required columns are there, and at least half (rounded down) of all its columns, as
 * an `id` is in files of any kind. Of several such contracts, as items also have the columns that orders require, it is the one
 * that has all columns of the others and more. Undefined if there is none, or another contract has more of the columns.
 */
function byHeader(candidates: readonly Candidate[]): Candidate | undefined {
  const fitting = candidates.filter(fits);
  return fitting.find(
    (one) =>
      fitting.every((other) => other === one || hasMore(one, other)) &&
      !candidates.some((other) => hasMore(other, one)),
  );
}

const fits = ({ contract, lacking, missing }: Candidate): boolean =>
  lacking.length === 0 && missing.length * 2 <= contract.columns.length + 1;

/** True if one contract has all of the header's columns that another has, and more. */
const hasMore = (one: Candidate, other: Candidate): boolean =>
  one.known.size > other.known.size && [...other.known].every((at) => one.known.has(at));

function matched(
  { contract, places, known, missing }: Candidate,
  { guards, missing: unconditional }: Guards,
  header: readonly string[],
): HeaderMatch {
  const used = new Set([...known, ...guards.flatMap(({ rule, at }) => (rule === 'pieces' ? [] : [at]))]);
  const extra = [...header.entries()].filter(([at]) => !used.has(at));
  const extraColumns = extra.slice(0, MAX_EXTRA_COLUMNS).map(([at, cell]) => shownColumn(cell, at));
  if (extra.length > extraColumns.length)
    extraColumns.push(`… and ${extra.length - extraColumns.length} more`);
  return {
    contract,
    positions: places.map(([at = null]) => at),
    width: header.length,
    names: header,
    extraColumns,
    missingColumns: [...new Set([...missing, ...unconditional])],
    renamedColumns: contract.columns.flatMap(({ name }, at) => {
      const [place] = places[at] ?? [];
      return place === undefined || columnKey(header[place] ?? '') === columnKey(name) ? [] : [name];
    }),
    isReordered: isDescending(places.flatMap(([at]) => (at === undefined ? [] : [at]))),
    guards,
    kept:
      contract.extra === 'keep'
        ? keptColumns(
            header,
            extra.map(([at]) => at),
          )
        : [],
  };
}

const isDescending = (places: readonly number[]) =>
  places.some((place, at) => at > 0 && place < (places[at - 1] ?? 0));

function repeatedColumns(
  { contract, places }: Candidate,
  guards: Guards,
  header: readonly string[],
): FileFault | undefined {
  const columns = contract.columns.flatMap(({ name }, at) => {
    const found = places[at] ?? [];
    return found.length > 1 ? [{ name, found }] : [];
  });
  const names = new Set(columns.map(({ name }) => name));
  const repeated = [...columns, ...guards.repeated.filter(({ name }) => !names.has(name))];
  if (repeated.length === 0) return undefined;
  const asNamed = (at: number, name: string) =>
    header[at]?.trim().toLowerCase() === name
      ? `${at + 1}`
      : `${at + 1} (${shownColumn(header[at] ?? '', at)})`;
  return {
    reason: `the header names ${plural(repeated.length, 'column')} more than once: ${repeated.map(({ name }) => name).join(', ')}`,
    remedy: 'keep one column of each name, and upload the file again',
    line: 1,
    kind: contract.kind,
    details: repeated.map(
      ({ name, found }) => `${name}: columns ${found.map((at) => asNamed(at, name)).join(' and ')}`,
    ),
  };
}

const shownColumn = (cell: string, at: number) =>
  cell.trim() === '' ? `(column ${at + 1}, unnamed)` : cell.trim().slice(0, 60);
