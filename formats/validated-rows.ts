import type { Contract } from '../domain/contract';
import { quoteList } from '../engine/duckdb/session';
import { columnList, fill } from '../engine/duckdb/sql';
import validatedRowsSql from './validated-rows.sql';

/**
 * The good rows of one kind that validate left in the given Parquet files, as a relation: the kind's columns, null where a
 * cell was empty, and `_source_key`, `_source_modified_at` and `_source_line`, their origin.
 */
export function validatedRows(contract: Contract, paths: readonly string[]): string {
  const columns = columnList(contract.columns.map(({ name }) => name));
  return fill(validatedRowsSql, { columns, files: quoteList(paths) });
}
