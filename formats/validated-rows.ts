import type { Contract } from '../domain/contract';
import { quoteList } from '../engine/duckdb/session';
import { columnList, fill } from '../engine/duckdb/sql';
import validatedRowsSql from './validated-rows.sql';

/**
 * The good rows of one kind in Parquet files written by validate, as a relation: the kind's columns, null for an empty cell, and
 * their origin `_source_key`, `_source_modified_at` and `_source_line`.
 */
export function validatedRows(contract: Contract, paths: readonly string[]): string {
  const columns = columnList(contract.columns.map(({ name }) => name));
  return fill(validatedRowsSql, { columns, files: quoteList(paths) });
}
