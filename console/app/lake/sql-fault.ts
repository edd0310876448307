import type { QueryFault } from '../../api/lake';

export interface FaultPlace {
  /** The line of the SQL that the fault is in, cut around it where it is long. */
  readonly line: string;
  /** Where in `line`, from 0. */
  readonly column: number;
  /** Where in the whole SQL, from 0. */
  readonly offset: number;
}

const AROUND = 60;

/** Where in the SQL a fault is; undefined where it has no place, or the SQL has not that much. */
export function placeOf(sql: string, position: QueryFault['position']): FaultPlace | undefined {
  if (!position) return undefined;
  const lines = sql.split('\n');
  const line = lines[position.line - 1];
  if (line === undefined) return undefined;
  const column = Math.min(position.column - 1, line.length);
  const before = lines.slice(0, position.line - 1).reduce((length, one) => length + one.length + 1, 0);
  const start = Math.max(0, column - AROUND);
  return { line: line.slice(start, column + AROUND), column: column - start, offset: before + column };
}

/** What a refused query's answer tells; undefined for another answer. */
export function faultOf(details: unknown): QueryFault | undefined {
  const isFault =
    typeof details === 'object' && details !== null && 'error' in details && 'position' in details;
  return isFault ? (details as QueryFault) : undefined;
}
