import { VARCHAR } from '@duckdb/node-api';
import { type Contract, DELETED_COLUMN, type Source } from '../../../domain/contract';
import type { FileFault } from '../../../domain/file-rules';
import { candidate, columnKey } from '../../../domain/header-columns';
import type { HeaderMatch } from '../../../domain/header-match';
import { guardsOf } from '../../../domain/row-guards';
import { RowCheck } from '../../../domain/row-rules';
import { mappedContract } from '../../../domain/source';
import type { ValueSettings } from '../../../domain/values';
import { quoteIdentifier } from '../../../engine/duckdb/quote';
import { requireRepeatableSelect } from '../../../engine/duckdb/repeatable-select';
import type { DuckDb } from '../../../engine/duckdb/session';
import { fill } from '../../../engine/duckdb/sql';
import type { ReplaceValues } from '../../../runtime/pseudonyms';
import type { TypedRows } from '../typed-rows';
import mappedRowsSql from './mapped-rows.sql';
import repeatedKeySql from './repeated-key.sql';
import type { RowFaults } from './row-faults';
import { ROWS } from './source-rows';

/** The SQL of a source does not give rows of its kind. */
export class MappingError extends Error {
  override readonly name = 'MappingError';
}

/** The name of the column with the line that a row is made from. */
const LINE = '_line';

/** The rows that the SQL of one kind gave, in a table of the locked database. */
export interface MappedRows {
  readonly kind: string;
  readonly table: string;
  readonly header: HeaderMatch;
  /** The columns of the table, without the line. */
  readonly columns: readonly string[];
}

/**
 * Runs the SQL of one kind over the relation `rows`.
 * @throws SelectError, MappingError if it is not a mapping to the kind; DuckDB's error if it cannot be run
 */
export async function mapRows(
  db: DuckDb,
  source: Source,
  contract: Contract,
  sql: string,
): Promise<MappedRows> {
  const { kind } = contract;
  await requireRepeatableSelect(db, sql, [ROWS]);
  const table = `mapped_${kind}`;
  await db.run(`create or replace temp table ${quoteIdentifier(table)} as\n${sql}`);
  const result = await db.connection.run(`select * from ${quoteIdentifier(table)} limit 0`);
  const names = result.columnNames();
  const columns = names.filter((name) => name !== LINE);
  requireColumns(names, contract);
  const texts = new Set(names.filter((_, at) => result.columnTypeId(at) === VARCHAR.typeId));
  const keys = columns.map(columnKey);
  const { guards } = guardsOf(candidate(contract, keys), columns, keys);
  const positions = contract.columns.map(({ name }) =>
    columns.includes(name) ? columns.indexOf(name) : null,
  );
  return {
    kind,
    table,
    columns,
    header: {
      contract: mappedContract(contract, source, texts),
      positions,
      width: columns.length,
      names: columns,
      extraColumns: [],
      missingColumns: [],
      renamedColumns: [],
      isReordered: false,
      guards,
      kept: [],
    },
  };
}

function requireColumns(names: readonly string[], contract: Contract): void {
  const { kind, columns } = contract;
  if (!names.includes(LINE)) {
    throw new MappingError(
      `it has no column ${LINE}: add the line of the row, such as "min(${LINE}) as ${LINE}"`,
    );
  }
  const conditions = [contract.deleted, ...(contract.leaveOut ?? [])].map((condition) => condition?.column);
  const known = new Set([LINE, DELETED_COLUMN, ...columns.map(({ name }) => name), ...conditions]);
  const unknown = names.filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new MappingError(
      `${unknown.join(', ')}: ${kind} has no such column; leave it out, or add it to ${kind}`,
    );
  }
  const lacking = columns.filter(({ name, required }) => required && !names.includes(name));
  if (lacking.length > 0) {
    const missing = lacking.map(({ name }) => name).join(', ');
    throw new MappingError(`it lacks ${missing}, which ${kind} requires: add it to the SELECT`);
  }
}

export interface CheckedRows {
  /** Good rows. */
  readonly rows: number;
  /** Rows that the contract of the kind leaves out. */
  readonly leftOut: number;
  /** Some of the good rows delete their key. */
  readonly deleted: number;
}

/**
 * Checks mapped rows by the rules of their kind. The faults of bad rows are added to `faults`; rows from lines that are already
 * there are left out.
 *
 * @param good receives the good rows
 * @param replace of their values
 * @returns the fault of a file that mixes notations, or has pieces without a declared price
 */
export async function checkMappedRows(
  db: DuckDb,
  { kind, table, header, columns }: MappedRows,
  faults: RowFaults,
  good: TypedRows,
  settings: ValueSettings,
  replace: ReplaceValues,
): Promise<CheckedRows | { readonly fault: FileFault }> {
  const rules = new RowCheck(header, settings);
  const casts = columns.map((name) => `cast(${quoteIdentifier(name)} as varchar)`).join(', ');
  const sql = fill(mappedRowsSql, { columns: casts, table: quoteIdentifier(table), faults: faults.table });
  let rows = 0;
  let leftOut = 0;
  let deleted = 0;
  for await (const chunk of await db.connection.stream(sql)) {
    for (const [line, ...cells] of chunk.getRows()) {
      if (line === null) throw new MappingError(`a row has no ${LINE}`);
      const texts = cells.map((cell) => (cell === null ? '' : String(cell)));
      const judged = rules.judge(texts, Number(line));
      switch (judged.outcome) {
        case 'leftOut':
          leftOut += 1;
          break;
        case 'invalid':
          return { fault: judged.fault };
        case 'bad':
          faults.add(
            Number(line),
            judged.faults.map((fault) => ({ ...fault, column: `${kind}.${fault.column}` })),
          );
          break;
        case 'good':
          good.add(0, replace(judged.values), Number(line), { deleted: judged.deletes });
          if (judged.deletes) deleted += 1;
          rows += 1;
      }
    }
  }
  good.flush();
  const fault = rules.mixedNotations;
  return fault ? { fault } : { rows, leftOut, deleted };
}

/** @throws MappingError if several good rows of one line have the same key */
export async function requireOwnKeys(
  db: DuckDb,
  { key, columns, kind }: Contract,
  good: TypedRows,
): Promise<void> {
  const places = key.map((name) => `c${columns.findIndex((column) => column.name === name)}`);
  const [found] = await db.rows<{ line: string; rows: string; key: string }>(
    fill(repeatedKeySql, { key: places.join(', '), table: good.table }),
  );
  if (!found) return;
  throw new MappingError(
    `it makes ${found.rows} rows of ${kind} with the ${key.join(', ')} ${JSON.stringify(found.key)} from line ${found.line}: give each a key of its own`,
  );
}
