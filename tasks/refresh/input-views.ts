import { BLANKS, CATEGORY_LENGTH } from '../../domain/cleaning';
import type { MartInput } from '../../domain/mart';
import { quoteIdentifier, quoteLiteral } from '../../engine/duckdb/quote';
import type { DuckDb } from '../../engine/duckdb/session';
import { fill } from '../../engine/duckdb/sql';

/**
 * The query of an input's view.
 * @param rows relation of the rows of its table
 * @param others relations of the rows of other inputs, by `<kind>_rows`
 */
export const inputQuery = (
  { sql, counted = 'true', missing = [] }: MartInput,
  rows: string,
  timeZone: string,
  others: Readonly<Record<string, string>> = {},
): string => {
  const nulls = missing.map((name) => `, cast(null as bigint) as ${quoteIdentifier(name)}`).join('');
  const parts = {
    ...others,
    rows: nulls === '' ? rows : `(select *${nulls} from ${rows})`,
    blanks: quoteLiteral(BLANKS),
    category_length: String(CATEGORY_LENGTH),
    time_zone: quoteLiteral(timeZone),
  };
  return fill(sql, { ...parts, counted: fill(counted, parts) });
};

/**
 * Creates the view of each input.
 * @param rows relations of the rows of their tables, by view
 */
export async function showInputs(
  db: DuckDb,
  inputs: readonly MartInput[],
  rows: Readonly<Record<string, string>>,
  timeZone: string,
): Promise<void> {
  // Where a mart also reads all rows of a kind, the view of those that count comes first.
  const others = Object.fromEntries(
    inputs.toReversed().map(({ kind, view }) => [`${kind}_rows`, rows[view] ?? '']),
  );
  for (const input of inputs) {
    const query = inputQuery(input, rows[input.view] ?? '', timeZone, others);
    await db.run(`create or replace temp view ${quoteIdentifier(input.view)} as ${query}`);
  }
}
