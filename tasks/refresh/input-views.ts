import { BLANKS, CATEGORY_LENGTH } from '../../domain/cleaning';
import type { MartInput } from '../../domain/mart';
import { quoteLiteral } from '../../engine/duckdb/session';
import { fill } from '../../engine/duckdb/sql';

/** The query of an input's view over a relation of its kind's staging rows. */
export const inputQuery = ({ sql }: MartInput, rows: string, timeZone: string): string =>
  fill(sql, {
    rows,
    blanks: quoteLiteral(BLANKS),
    category_length: String(CATEGORY_LENGTH),
    time_zone: quoteLiteral(timeZone),
  });
