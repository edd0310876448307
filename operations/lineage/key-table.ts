import { quoteIdentifier } from '../../engine/duckdb/quote';
import type { SqlValue } from '../../engine/duckdb/session';
import { type Lake, temporaryName } from '../../lake/lake';
import { duckDbType } from '../../lake/schema';
import type { TableSpec } from '../../lake/table-spec';
import { DeploymentError } from '../errors';

/**
 * A temporary table of one row with the values of key columns, in their types.
 * @param values by column, as text; exactly one for each of `columns`
 * @throws DeploymentError for a missing value, or one that is not of its type
 */
export async function keyTable(
  lake: Lake,
  spec: Pick<TableSpec, 'name' | 'columns'>,
  columns: readonly string[],
  values: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const bound: Record<string, SqlValue> = {};
  const casts = columns.map((name, at) => {
    const value = values[name];
    if (value === undefined) {
      throw new DeploymentError(
        `a row of ${spec.name} is named by ${columns.join(', ')}: ${name} is missing`,
      );
    }
    bound[`v${at}`] = value;
    const type = spec.columns.find((column) => column.name === name)?.type ?? 'string';
    return `try_cast($v${at} as ${duckDbType(type)}) as ${quoteIdentifier(name)}`;
  });
  const table = temporaryName(lake, 'key');
  await lake.db.run(`create temp table ${table} as select ${casts.join(', ')}`, bound);
  const [found = {}] = await lake.db.rows(`select * from ${table}`);
  for (const name of columns) {
    if (found[name] !== null && found[name] !== undefined) continue;
    const type = spec.columns.find((column) => column.name === name)?.type ?? 'string';
    throw new DeploymentError(
      `${name}: expected a value of the type ${type}, got ${JSON.stringify(values[name])}`,
    );
  }
  return table;
}
