import { SPAN } from '../../domain/mart';
import { quoteIdentifier } from '../../engine/duckdb/quote';
import { equalOn, sameOn } from '../../engine/duckdb/sql';
import type { AddFile } from '../../lake/actions';
import type { Lake } from '../../lake/lake';
import { filesThatMayHold, filesThatMayOverlap } from '../../lake/pruning';
import type { TableSpec } from '../../lake/table-spec';

/** What rows must have to belong to what is recomputed. */
export interface Belonging {
  /** A relation of values of the columns; with `time` also of `low` and `high`. */
  readonly relation: string;
  readonly columns: readonly string[];
  /** A timestamp of the rows that must be within `low` and `high`. Null is then a value of the columns like any other. */
  readonly time?: string | undefined;
}

/** The condition that a row belongs to one of the relation. @param row, one: their aliases */
export function belongs({ columns, time }: Belonging, row: string, one: string): string {
  if (time === undefined) return equalOn(columns, row, one);
  const [low, high] = SPAN;
  return `${sameOn(columns, row, one)} and ${row}.${quoteIdentifier(time)} between ${one}.${low} and ${one}.${high}`;
}

/** The files that may hold a row that belongs to one of the relation, by their statistics. @returns keys of `files` */
export const filesOf = <File extends Pick<AddFile, 'stats'>>(
  lake: Lake,
  table: TableSpec,
  files: ReadonlyMap<string, File>,
  { relation, columns, time }: Belonging,
): Promise<string[]> =>
  time === undefined
    ? filesThatMayHold(lake, table, files, relation, columns)
    : filesThatMayOverlap(lake, table, files, time, relation);
