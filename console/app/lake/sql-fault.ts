import type { QueryFault } from '../../api/lake';

export interface FaultPlace {
  /** The SQL line with the error, truncated around it if it is long. */
  readonly line: string;
  /** Position in `line`, from 0. */
  readonly column: number;
  /** Position in the whole SQL, from 0. */
  readonly offset: number;
}

const AROUND = 60;

/** Locates an error in the SQL; undefined without a position, or if it is outside the SQL. */
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

/** The fault in an error response; undefined for other responses. */
export function faultOf(details: unknown): QueryFault | undefined {
  const isFault =
    typeof details === 'object' && details !== null && 'error' in details && 'position' in details;
  return isFault ? (details as QueryFault) : undefined;
}
