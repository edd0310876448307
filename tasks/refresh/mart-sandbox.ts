import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Catalog } from '../../catalog/catalog';
import { isDecimal } from '../../domain/contract';
import type { Mart, MartColumn } from '../../domain/mart';
import { inLocked } from '../../engine/duckdb/locked';
import { quoteIdentifier } from '../../engine/duckdb/quote';
import type { DuckDb } from '../../engine/duckdb/session';
import sparkFunctionsSql from '../../engine/duckdb/spark_functions.sql';
import { columnList } from '../../engine/duckdb/sql';
import { type DeltaType, deltaType, duckDbType, martDeltaType } from '../../lake/schema';
import { showInputs } from './input-views';

/** A DuckDB without access to files, in which the queries of marts run over tables of rows that are given. */
export async function inMartSandbox<Result>(work: (db: DuckDb) => Promise<Result>): Promise<Result> {
  const directory = await mkdtemp(path.join(tmpdir(), 'daybook-marts-'));
  try {
    return await inLocked({ directory: path.join(directory, 'spill'), memoryLimit: '512MB' }, async (db) => {
      await db.run(sparkFunctionsSql);
      return await work(db);
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** The columns of a kind or a mart that queries can read. */
export function readableColumns(catalog: Catalog, name: string): { name: string; type: DeltaType }[] {
  const contract = catalog.contracts.find(({ kind }) => kind === name);
  return contract
    ? contract.columns.map((column) => ({ name: column.name, type: deltaType(column.type) }))
    : catalog.mart(name).columns.map((column) => ({ name: column.name, type: martDeltaType(column.type) }));
}

/** The table that holds the rows of a kind or mart in a sandbox. */
export const sandboxTable = (name: string): string => quoteIdentifier(`${name}_rows`);

/** Replaces the rows of a kind or mart by none. */
export async function createSandboxTable(db: DuckDb, catalog: Catalog, name: string): Promise<void> {
  const columns = readableColumns(catalog, name).map(
    (column) => `${quoteIdentifier(column.name)} ${duckDbType(column.type)}`,
  );
  await db.run(`create or replace temp table ${sandboxTable(name)} (${columns.join(', ')})`);
}

/** Creates the views that the query of a mart reads. */
export function showSandboxInputs(db: DuckDb, catalog: Catalog, mart: Mart, timeZone: string): Promise<void> {
  const inputs = catalog.inputsOf(mart.name);
  const rows = inputs.map(({ kind, view, columns }) => [
    view,
    `(select ${columnList(columns)} from ${sandboxTable(kind)})`,
  ]);
  return showInputs(db, inputs, Object.fromEntries(rows), timeZone);
}

/** Creates the views that the view of a mart reads: of its own stored rows, and those of others. */
export async function showViewReads(db: DuckDb, { name, view }: Pick<Mart, 'name' | 'view'>): Promise<void> {
  for (const read of [name, ...(view?.reads ?? [])])
    await db.run(
      `create or replace temp view ${quoteIdentifier(read)} as select * from ${sandboxTable(read)}`,
    );
}

/** The DuckDB types that a query can give for a column, which is then cast to its type. */
export function fitsColumn({ type }: Pick<MartColumn, 'type'>, duckDb: string): boolean {
  const isInteger = /^U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)$/.test(duckDb);
  if (type === 'money' || type === 'percent' || isDecimal(type))
    return isInteger || duckDb.startsWith('DECIMAL');
  if (type === 'count' || type === 'int64') return isInteger || /^DECIMAL\(\d+,0\)$/.test(duckDb);
  if (type === 'timestamp') return duckDb.startsWith('TIMESTAMP');
  return duckDb === { text: 'VARCHAR', date: 'DATE', boolean: 'BOOLEAN' }[type];
}
