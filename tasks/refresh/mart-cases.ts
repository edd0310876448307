import { types } from 'node:util';
import type { CaseRow, MartCase } from '../../catalog/case-file';
import type { Catalog } from '../../catalog/catalog';
import type { Mart } from '../../domain/mart';
import { quoteIdentifier } from '../../engine/duckdb/quote';
import type { DuckDb } from '../../engine/duckdb/session';
import { duckDbType, martDeltaType } from '../../lake/schema';
import { completeRows, queryOf } from './mart-rows';
import {
  createSandboxTable,
  inMartSandbox,
  readableColumns,
  sandboxTable,
  showSandboxInputs,
  showViewReads,
} from './mart-sandbox';

/** The case itself is wrong: it names a table or a column that there is none of, or a value of another type. */
export class CaseError extends Error {
  override readonly name = 'CaseError';
}

/**
 * Computes a mart from the given rows.
 * @returns what differs from the expected rows, by row and column; none if the case holds
 */
export function runCase(catalog: Catalog, mart: Mart, one: MartCase): Promise<string[]> {
  return inMartSandbox(async (db) => {
    try {
      return await differences(db, catalog, mart, one);
    } catch (error) {
      if (error instanceof CaseError || !types.isNativeError(error)) throw error;
      throw new CaseError(error.message.split('\n')[0] ?? '');
    }
  });
}

async function differences(db: DuckDb, catalog: Catalog, mart: Mart, one: MartCase): Promise<string[]> {
  const { given, timeZone = 'UTC', rows, view } = one;
  const tables = [...catalog.kinds, ...catalog.marts.map(({ name }) => name)];
  const unknown = Object.keys(given).filter((name) => !tables.includes(name));
  if (unknown.length > 0)
    throw new CaseError(`${unknown.join(', ')} is no kind or mart: expected one of ${tables.join(', ')}`);
  for (const name of tables) await createSandboxTable(db, catalog, name);
  for (const [name, some] of Object.entries(given)) await insertRows(db, catalog, name, some);
  for (const other of catalog.marts) {
    if (given[other.name] !== undefined && other.name !== mart.name) continue;
    await showSandboxInputs(db, catalog, other, timeZone);
    const columns = other.columns.map(({ name }) => quoteIdentifier(name)).join(', ');
    const computed = completeRows(other, `(${queryOf(other, timeZone)})`);
    await db.run(`insert into ${sandboxTable(other.name)} select ${columns} from (${computed})`);
  }
  const found: string[] = [];
  if (rows) found.push(...(await compare(db, mart, sandboxTable(mart.name), mart.columns, rows)));
  if (view) {
    if (!mart.view) throw new CaseError(`${mart.name} has no view: give "rows" instead of "view"`);
    await showViewReads(db, mart);
    const columns = [...mart.columns, ...mart.view.columns];
    found.push(...(await compare(db, mart, `(${mart.view.sql}\n)`, columns, view)));
  }
  return found;
}

async function insertRows(
  db: DuckDb,
  catalog: Catalog,
  name: string,
  rows: readonly CaseRow[],
): Promise<void> {
  const columns = readableColumns(catalog, name);
  for (const row of rows) {
    const unknown = Object.keys(row).filter((given) => columns.every((column) => column.name !== given));
    if (unknown.length > 0)
      throw new CaseError(
        `${unknown.join(', ')} is no column of ${name}: expected one of ${columns.map((column) => column.name).join(', ')}`,
      );
    const values = columns.map((column, at) => `cast($v${at} as ${duckDbType(column.type)})`);
    const bound = Object.fromEntries(columns.map((column, at) => [`v${at}`, cellOf(row[column.name])]));
    await db.run(`insert into ${sandboxTable(name)} values (${values.join(', ')})`, bound);
  }
}

const cellOf = (text: string | undefined): string | null =>
  text === undefined || text === 'null' ? null : text;

type Texts = Readonly<Record<string, string | null>>;

async function compare(
  db: DuckDb,
  { key }: Mart,
  relation: string,
  columns: Mart['columns'],
  expected: readonly CaseRow[],
): Promise<string[]> {
  const texts = columns.map(({ name, type }) => {
    const column = quoteIdentifier(name);
    return `cast(cast(${column} as ${duckDbType(martDeltaType(type))}) as varchar) as ${column}`;
  });
  const actual = await db.rows<Texts>(`select ${texts.join(', ')} from ${relation}`);
  const wanted: Texts[] = [];
  for (const row of expected) wanted.push(await asTyped(db, columns, row));
  const idOf = (row: Texts) => key.map((name) => `${name} ${row[name] ?? 'null'}`).join(', ');
  const byId = new Map(actual.map((row) => [idOf(row), row]));
  const ids = new Set(wanted.map(idOf));
  return [
    ...wanted.flatMap((row) => {
      const found = byId.get(idOf(row));
      if (!found) return [`${idOf(row)}: there is no such row`];
      return Object.entries(row)
        .filter(([name, value]) => found[name] !== value)
        .map(([name, value]) => `${idOf(row)}: ${name} is ${found[name]}, expected ${value}`);
    }),
    ...actual
      .map(idOf)
      .filter((id) => !ids.has(id))
      .map((id) => `${id}: this row is not expected`),
    ...(actual.length > byId.size ? ['the query gives several rows of one key'] : []),
  ];
}

/** An expected row as the texts that values of its columns' types have. */
async function asTyped(db: DuckDb, columns: Mart['columns'], row: CaseRow): Promise<Texts> {
  const names = Object.keys(row);
  const types = names.map((name) => {
    const column = columns.find((one) => one.name === name);
    if (!column)
      throw new CaseError(
        `${name} is no column: expected one of ${columns.map((one) => one.name).join(', ')}`,
      );
    return duckDbType(martDeltaType(column.type));
  });
  const values = names.map(
    (name, at) => `cast(cast($v${at} as ${types[at]}) as varchar) as ${quoteIdentifier(name)}`,
  );
  const bound = Object.fromEntries(names.map((name, at) => [`v${at}`, cellOf(row[name])]));
  const [typed = {}] = await db.rows<Texts>(`select ${values.join(', ')}`, bound);
  return typed;
}
