import { quoteIdentifier } from '../../engine/duckdb/quote';
import type { Lake } from '../../lake/lake';

/** A column of a relation of DuckDB. */
export interface CopiedColumn {
  readonly name: string;
  /** In upper case, as `VARCHAR` and `DECIMAL(18,4)`. */
  readonly type: string;
}

/** Columns of a relation with their types, in the order of `columns`. */
export async function columnTypes(
  db: Lake['db'],
  columns: readonly string[],
  relation: string,
): Promise<CopiedColumn[]> {
  const described = await db.rows<{ column_name: string; column_type: string }>(
    `describe select * from ${relation}`,
  );
  const types = new Map(described.map(({ column_name, column_type }) => [column_name, column_type]));
  return columns.map((name) => ({ name, type: types.get(name) ?? '' }));
}

/** The columns as a warehouse takes them: it has no NUL in text. @param text changes a column of text further */
export const storableColumns = (
  columns: readonly CopiedColumn[],
  text = (column: string): string => column,
): string =>
  columns
    .map(({ name, type }) => {
      const column = quoteIdentifier(name);
      return type === 'VARCHAR' ? `${text(`replace(${column}, chr(0), chr(65533))`)} as ${column}` : column;
    })
    .join(', ');
