import { type ColumnType, type DecimalType, isDecimal } from '../../../domain/contract';
import type { HeaderMatch } from '../../../domain/header-match';
import { RowCheck, type RowFault, STRAY_QUOTE } from '../../../domain/row-rules';
import type { BadRowEntry } from '../../api/files';

/** The faults of a row, by the rules of validation. */
export interface RowFaults {
  /** A fault of the whole row. */
  readonly row: string | undefined;
  /** Faults by index of the cell. */
  readonly cells: ReadonlyMap<number, string>;
}

/** @param isGuess its quotes are misplaced and the user has not confirmed its cells yet */
export function faultsOf(cells: readonly string[], match: HeaderMatch, isGuess = false): RowFaults {
  const checked = new RowCheck(match).check(cells, 0);
  const faults: RowFault[] = [...(isGuess ? [STRAY_QUOTE] : []), ...(checked.ok ? [] : checked.faults)];
  const { columns } = match.contract;
  const byCell = new Map<number, string>();
  let row: string | undefined;
  for (const { column, reason } of faults) {
    const at = match.positions[columns.findIndex(({ name }) => name === column)];
    if (at === undefined || at === null) row ??= reason;
    else byCell.set(at, reason);
  }
  return { row, cells: byCell };
}

export const isFixed = ({ row, cells }: RowFaults): boolean => row === undefined && cells.size === 0;

/** Edited rows by line. */
export type Edits = ReadonlyMap<number, readonly string[]>;

/** The edited rows without faults, in file order. */
export function fixedRows(
  rows: readonly BadRowEntry[],
  edits: Edits,
  match: HeaderMatch,
): { readonly line: number; readonly cells: readonly string[] }[] {
  return rows.flatMap(({ line }) => {
    const cells = edits.get(line);
    return cells && isFixed(faultsOf(cells, match)) ? [{ line, cells }] : [];
  });
}

/** What a column's cells may contain. */
export function expectation(match: HeaderMatch, at: number): string {
  const column = match.contract.columns[match.positions.indexOf(at)];
  if (!column) return 'ignored';
  const type = isDecimal(column.type) ? 'decimal number' : TYPES[column.type];
  return `${type}${column.required ? ', required' : ''}`;
}

const TYPES: Readonly<Record<Exclude<ColumnType, DecimalType>, string>> = {
  int64: 'whole number',
  text: 'text',
  money: 'amount',
  double: 'number',
  boolean: 'true or false',
  timestamp: 'date and time',
  date: 'date',
  json: 'JSON',
};
