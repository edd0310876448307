import { BLANKS, CATEGORY_LENGTH } from '../../domain/cleaning';
import type { MartInput } from '../../domain/mart';
import { quoteLiteral } from '../../engine/duckdb/session';
import { fill } from '../../engine/duckdb/sql';

/**
 * The query of an input's view.
 * @param rows relation of the staging rows of its kind
 * @param others relations of the staging rows of other kinds, by `<kind>_rows`
 */
export const inputQuery = (
  { sql, counted = 'true' }: MartInput,
  rows: string,
  timeZone: string,
  others: Readonly<Record<string, string>> = {},
): string => {
  const parts = {
    ...others,
    rows,
    blanks: quoteLiteral(BLANKS),
    category_length: String(CATEGORY_LENGTH),
    time_zone: quoteLiteral(timeZone),
  };
  return fill(sql, { ...parts, counted: fill(counted, parts) });
};
