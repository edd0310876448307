import { type Contract, DELETED_COLUMN, EXTRA_COLUMN } from '../domain/contract';
import { deletingColumns } from '../domain/row-guards';
import { quoteIdentifier, quoteList } from '../engine/duckdb/quote';
import type { DuckDb } from '../engine/duckdb/session';
import { columnList, fill } from '../engine/duckdb/sql';
import validatedRowsSql from './validated-rows.sql';

/**
 * The good rows of one kind in Parquet files written by validate, as a relation: the kind's columns, null for an empty cell, and
 * their origin `_source_key`, `_source_modified_at` and `_source_line`.
 */
export function validatedRows(contract: Contract, paths: readonly string[]): string {
  const columns = columnList(contract.columns.map(({ name }) => name));
  return fill(validatedRowsSql, { columns, files: parquetFiles(paths) });
}

const parquetFiles = (paths: readonly string[]): string =>
  `read_parquet(${quoteList(paths)}, union_by_name = true, file_row_number = true)`;

/**
 * As `validatedRows`, with the columns that only some files have: `_extra`, if the contract keeps unknown columns, and
 * `_deleted`, true or null. A row that deletes its key has no values other than its key and its version.
 */
export async function rowsToStage(db: DuckDb, contract: Contract, paths: readonly string[]): Promise<string> {
  const written = await db.rows<{ name: string }>(
    `select distinct name from parquet_schema(${quoteList(paths)}) where name in ('${DELETED_COLUMN}', '${EXTRA_COLUMN}')`,
  );
  const has = (name: string) => written.some((column) => column.name === name);
  return rowsToStageFrom(contract, parquetFiles(paths), has);
}

/**
 * The same, of a relation that has the columns of such files and `file_row_number`, from 0.
 * @param has whether the relation has one of the columns that only some files have
 */
export function rowsToStageFrom(
  contract: Contract,
  relation: string,
  has: (name: string) => boolean = () => true,
): string {
  const kept = deletingColumns(contract);
  const selected = (name: string) => {
    const column = quoteIdentifier(name);
    if (!has(DELETED_COLUMN) || kept.has(name)) return column;
    return `case when ${DELETED_COLUMN} is not true then ${column} end as ${column}`;
  };
  const columns = contract.columns.map(({ name }) => selected(name));
  if (contract.extra === 'keep')
    columns.push(has(EXTRA_COLUMN) ? selected(EXTRA_COLUMN) : `cast(null as varchar) as ${EXTRA_COLUMN}`);
  columns.push(
    `${has(DELETED_COLUMN) ? `nullif(${DELETED_COLUMN}, false)` : 'cast(null as boolean)'} as ${DELETED_COLUMN}`,
  );
  return fill(validatedRowsSql, { columns: columns.join(', '), files: relation });
}
