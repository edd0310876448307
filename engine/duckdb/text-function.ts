import { DuckDBScalarFunction, VARCHAR } from '@duckdb/node-api';
import { quoteIdentifier } from './quote';
import type { DuckDb } from './session';

/**
 * Adds a function of one text to a database. It is null for null.
 *
 * @param type of its values, in SQL
 * @param evaluate gives the value as text that casts to the type, or null; what it throws fails the query, with its message
 */
export async function addTextFunction(
  db: DuckDb,
  name: string,
  type: string,
  evaluate: (text: string) => string | null,
): Promise<void> {
  const text = `${name}_text`;
  db.connection.registerScalarFunction(
    DuckDBScalarFunction.create({
      name: text,
      parameterTypes: [VARCHAR],
      returnType: VARCHAR,
      mainFunction: (info, rows, values) => {
        const texts = rows.getColumnVector(0);
        try {
          for (let at = 0; at < rows.rowCount; at += 1) {
            const item = texts.getItem(at);
            values.setItem(at, item === null ? null : evaluate(String(item)));
          }
          values.flush();
        } catch (error) {
          info.setError(error instanceof Error ? error.message : String(error));
        }
      },
    }),
  );
  await db.run(
    `create temp macro ${quoteIdentifier(name)}(value) as cast(${quoteIdentifier(text)}(value) as ${type})`,
  );
}
