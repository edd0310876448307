import { types } from 'node:util';
import { StatementType } from '@duckdb/node-api';
import type { DuckDb } from './session';

/** The SQL is not what may be run here. The message says what was expected and what came. */
export class SelectError extends Error {
  override readonly name = 'SelectError';
  /** @param failure `sql`: it is empty or incomplete; `refused`: it does more than is allowed */
  constructor(
    readonly failure: 'sql' | 'refused',
    message: string,
  ) {
    super(message);
  }
}

/** @throws SelectError unless the SQL is one SELECT without parameters; DuckDB's error if it cannot be parsed or bound */
export async function requireSelect({ connection }: DuckDb, sql: string): Promise<void> {
  const nothing = new SelectError('sql', 'the SQL is empty: expected one SELECT');
  // DuckDB would treat it as the end of the SQL.
  if (sql.includes('\0')) throw new SelectError('sql', 'the SQL contains a NUL byte');
  const statements = await connection.extractStatements(sql).catch((error: unknown) => {
    throw types.isNativeError(error) && error.message.includes('native callback') ? nothing : error;
  });
  if (statements.count === 0) throw nothing;
  if (statements.count > 1) {
    throw new SelectError('refused', `expected one statement, got ${statements.count}: run one at a time`);
  }
  const statement = await statements.prepare(0);
  if (statement.statementType !== StatementType.SELECT) {
    const type = StatementType[statement.statementType] ?? 'another';
    throw new SelectError('refused', `expected a SELECT, got ${type}: the data is read-only here`);
  }
  if (statement.parameterCount > 0) {
    throw new SelectError('sql', 'parameters are not supported: write the values into the SQL');
  }
}
