import type { HeaderMatch } from '../../../domain/file-rules';
import { type RowFault, rowCheck, STRAY_QUOTE } from '../../../domain/row-rules';
import type { BadRowEntry } from '../../api/files';

/** What is wrong with a row, by the rules that validation has. */
export interface RowFaults {
  /** Of the row as a whole. */
  readonly row: string | undefined;
  /** Of single cells, by their place in the row. */
  readonly cells: ReadonlyMap<number, string>;
}

/** @param isGuess its quotes are out of place, and nobody has said yet what its cells are */
export function faultsOf(cells: readonly string[], match: HeaderMatch, isGuess = false): RowFaults {
  const checked = rowCheck(match)(cells);
  const faults: RowFault[] = [...(isGuess ? [STRAY_QUOTE] : []), ...(checked.ok ? [] : checked.faults)];
  const { columns } = match.contract;
  const byCell = new Map<number, string>();
  let row: string | undefined;
  for (const { column, reason } of faults) {
    const at = match.positions[columns.findIndex(({ name }) => name === column)];
    if (at === undefined) row ??= reason;
    else byCell.set(at, reason);
  }
  return { row, cells: byCell };
}

export const isMended = ({ row, cells }: RowFaults): boolean => row === undefined && cells.size === 0;

/** Rows as someone changed them, by their lines. */
export type Edits = ReadonlyMap<number, readonly string[]>;

/** Those of the edits that are right now, in the order of the file. */
export function mendedRows(
  rows: readonly BadRowEntry[],
  edits: Edits,
  match: HeaderMatch,
): { readonly line: number; readonly cells: readonly string[] }[] {
  return rows.flatMap(({ line }) => {
    const cells = edits.get(line);
    return cells && isMended(faultsOf(cells, match)) ? [{ line, cells }] : [];
  });
}

/** What a column's cells may hold, for who mends one. */
export function expectation(match: HeaderMatch, at: number): string {
  const column = match.contract.columns[match.positions.indexOf(at)];
  if (!column) return 'ignored';
  const types = { int64: 'whole number', money: 'amount', timestamp: 'date and time', text: 'text' };
  return `${types[column.type]}${column.required ? ', needed' : ''}`;
}
