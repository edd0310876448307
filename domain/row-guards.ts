/**
 * Cells that decide about a row, or about its file, before the values of its columns do.
 */

import { isAboveOne } from './quantity';

/** `pieces`: a file with a cell above 1 is rejected, because its contract does not say whether prices are of a piece or a line. */
export interface RowGuard {
  readonly rule: 'pieces';
  /** The index of the cell. */
  readonly at: number;
  /** The column as the file names it. */
  readonly column: string;
}

/** A cell that a guard found, and that guard. */
export interface Guarded {
  readonly guard: RowGuard;
  readonly cell: string;
}

/** @returns a function that gives the first guard that a row of the header's width meets */
export function rowGuard(guards: readonly RowGuard[]): (cells: readonly string[]) => Guarded | undefined {
  return (cells) => {
    for (const guard of guards) {
      const cell = cells[guard.at] ?? '';
      if (isAboveOne(cell)) return { guard, cell };
    }
    return undefined;
  };
}
