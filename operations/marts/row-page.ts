import type { MartColumn } from '../../domain/mart';
import { quoteIdentifier } from '../../engine/duckdb/quote';
import type { DuckDb } from '../../engine/duckdb/session';
import { fill } from '../../engine/duckdb/sql';
import { cellSql } from '../../serving/dynamodb/cells';
import { DeploymentError } from '../errors';
import chosenSql from './chosen-rows.sql';
import { conditionOf, type RowChoice } from './row-filter';
import pageSql from './row-page.sql';
import pageOfTableSql from './row-page-of-table.sql';
import type { RowSource } from './row-source';

/** More rows are read by `streamRows`. */
export const MAX_PAGE_ROWS = 1_000;

/** Rows that are ready to be read. */
export interface ReadyRows {
  readonly db: DuckDb;
  /** SQL of their relation. */
  readonly relation: string;
  /** Differs between two versions of the rows. */
  readonly state: string;
  /** It is a table of DuckDB, whose rows have a place. */
  readonly isTable: boolean;
}

export interface RowOrder {
  /** A column; rows without a value come last, and rows that are equal in the order of the key. The key alone if not given. */
  readonly sort?: string | undefined;
  readonly desc: boolean;
}

/** Cells as text in the order of the source's columns, null without a value: numbers with every digit, times as ISO 8601. */
export type RowCells = readonly (string | null)[];

/**
 * A page of the chosen rows, and how many there are on all pages.
 * @param first number of the first row, from 0
 * @throws DeploymentError for a column that there is not, and like conditionOf
 */
export async function readRowPage(
  { db, relation, isTable }: ReadyRows,
  source: RowSource,
  choice: RowChoice,
  { sort, desc, first, limit }: RowOrder & { readonly first: number; readonly limit: number },
): Promise<{ readonly rows: RowCells[]; readonly total: number }> {
  const condition = conditionOf(source, choice);
  const chosen = { rows: relation, condition: condition.sql };
  const page = fill(isTable ? pageOfTableSql : pageSql, {
    ...chosen,
    order: orderOf(source, { sort, desc }),
    limit: String(Math.floor(limit)),
    first: String(Math.floor(first)),
  });
  const rows = await db.rows<Record<string, string | null>>(
    `select ${cellsOf(source.columns)} from (${page})`,
    condition.bound,
  );
  const [count] = await db.rows(`select count(*) as n from (${fill(chosenSql, chosen)})`, condition.bound);
  return { rows: rows.map(cellsIn(source.columns)), total: Number(count?.n) };
}

/** All chosen rows in the order of a page, some thousand at a time. @throws like readRowPage */
export async function* streamRows(
  { db, relation }: ReadyRows,
  source: RowSource,
  choice: RowChoice,
  order: RowOrder,
): AsyncGenerator<RowCells[]> {
  const condition = conditionOf(source, choice);
  const chosen = fill(chosenSql, { rows: relation, condition: condition.sql });
  const sql = `select ${cellsOf(source.columns)} from (${chosen} order by ${orderOf(source, order)})`;
  for await (const rows of db.pages<Record<string, string | null>>(sql, condition.bound)) {
    yield rows.map(cellsIn(source.columns));
  }
}

const cellsOf = (columns: readonly MartColumn[]): string =>
  columns
    .map(({ name, type }) => `${cellSql(quoteIdentifier(name), type)} as ${quoteIdentifier(name)}`)
    .join(', ');

const cellsIn =
  (columns: readonly MartColumn[]) =>
  (row: Readonly<Record<string, string | null>>): RowCells =>
    columns.map(({ name }) => row[name] ?? null);

/** @throws DeploymentError for a column to sort by that there is not */
export function requireColumn({ name, columns }: RowSource, sort: string | undefined): void {
  if (sort === undefined || columns.some((column) => column.name === sort)) return;
  throw new DeploymentError(`${name} has no column ${JSON.stringify(sort)} to sort by`);
}

function orderOf(source: RowSource, { sort, desc }: RowOrder): string {
  requireColumn(source, sort);
  const { key, day } = source;
  // Rows with a day are stored by day.
  const byKey = day === undefined ? key : [day, ...key.filter((column) => column !== day)];
  const first = sort === undefined ? [] : [`r.${quoteIdentifier(sort)} ${desc ? 'desc' : 'asc'} nulls last`];
  const rest = byKey.filter((column) => column !== sort).map((column) => `r.${quoteIdentifier(column)}`);
  return [...first, ...rest].join(', ');
}
