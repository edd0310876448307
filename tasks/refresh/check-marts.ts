import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { types } from 'node:util';
import type { Catalog } from '../../catalog/catalog';
import type { Place } from '../../catalog/file-faults';
import { parseMartFile } from '../../catalog/mart-file';
import { MartError } from '../../catalog/mart-folder';
import { type Mart, type MartColumn, queriedColumns, touchedColumns } from '../../domain/mart';
import { quoteIdentifier, quoteLiteral } from '../../engine/duckdb/quote';
import { requireSelect } from '../../engine/duckdb/select';
import type { DuckDb } from '../../engine/duckdb/session';
import { fill } from '../../engine/duckdb/sql';
import {
  createSandboxTable,
  fitsColumn,
  inMartSandbox,
  showSandboxInputs,
  showViewReads,
} from './mart-sandbox';

interface Fault {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/**
 * Binds the SQL of every mart over no rows.
 *
 * @param folders that of each mart
 * @throws MartError if one does not parse, reads what is not there, or does not give the declared columns and types
 */
export async function requireMartSql(
  catalog: Catalog,
  folders: Readonly<Record<string, string>>,
): Promise<void> {
  const faults = await inMartSandbox(async (db) => {
    for (const name of [...catalog.kinds, ...catalog.marts.map((mart) => mart.name)])
      await createSandboxTable(db, catalog, name);
    const found: Fault[] = [];
    for (const mart of catalog.marts)
      found.push(...(await sqlFaults(db, catalog, mart, folders[mart.name] ?? `marts/${mart.name}`)));
    return found;
  });
  if (faults.length > 0) throw new MartError(faults);
}

async function sqlFaults(db: DuckDb, catalog: Catalog, mart: Mart, folder: string): Promise<Fault[]> {
  const { name, view, touched } = mart;
  const lineOf = linesOf(folder);
  const declared = (place: Place, message: string): Fault => ({
    file: path.join(folder, 'mart.yaml'),
    line: lineOf(place),
    message: `${place.map(String).join('.')}: ${message}`,
  });
  const check = async (file: string, sql: string, columns: readonly MartColumn[], place: string[]) => {
    const bound = await bind(db, sql);
    if ('fault' in bound) return [{ file: path.join(folder, file), ...bound.fault }];
    return columnFaults(bound.types, columns, file).map(([column, message]) =>
      declared([...place, column], message),
    );
  };
  await showSandboxInputs(db, catalog, mart, 'UTC');
  const faults = await check(`${name}.sql`, mart.sql, queriedColumns(mart), ['columns']);
  if (touched !== undefined) faults.push(...(await touchedFaults(db, catalog, mart, folder, touched)));
  if (view) {
    await showViewReads(db, mart);
    const columns = [...mart.columns, ...view.columns];
    faults.push(...(await check(`${name}.view.sql`, view.sql, columns, ['view', 'columns'])));
  }
  return faults;
}

async function touchedFaults(
  db: DuckDb,
  catalog: Catalog,
  mart: Mart,
  folder: string,
  sql: string,
): Promise<Fault[]> {
  for (const { view } of catalog.inputsOf(mart.name))
    await db.run(
      `create or replace temp view ${quoteIdentifier(`${view}_changed`)} as select *, 'after' as _change from ${quoteIdentifier(view)}`,
    );
  await showViewReads(db, { name: mart.name });
  const file = path.join(folder, 'touched.sql');
  const bound = await bind(db, sql);
  if ('fault' in bound) return [{ file, ...bound.fault }];
  return touchedColumns(mart)
    .filter((column) => !bound.types.has(column))
    .map((column) => ({
      file,
      line: 1,
      message: `it does not give ${column}, which the mart is refreshed by: add it to the query`,
    }));
}

type Bound =
  | { readonly types: ReadonlyMap<string, string> }
  | { readonly fault: Pick<Fault, 'line' | 'message'> };

/** The columns of a query with their types, or why it cannot run. */
async function bind(db: DuckDb, sql: string): Promise<Bound> {
  try {
    const query = fill(sql, { time_zone: quoteLiteral('UTC') });
    await requireSelect(db, query);
    const rows = await db.rows<{ column_name: string; column_type: string }>(`describe ${query}`);
    return { types: new Map(rows.map((row) => [row.column_name, row.column_type])) };
  } catch (error) {
    if (!types.isNativeError(error)) throw error;
    const line = Number(/\nLINE (\d+):/.exec(error.message)?.[1] ?? 1);
    const [message = ''] = error.message.replace(/^Failed to extract statements: /, '').split('\n');
    const remedy = error instanceof RangeError ? ': only $[time_zone] can stand there' : '';
    return { fault: { line, message: `${message}${remedy}` } };
  }
}

function columnFaults(
  given: ReadonlyMap<string, string>,
  columns: readonly MartColumn[],
  file: string,
): [column: string, message: string][] {
  const names = columns.map(({ name }) => name);
  return [
    ...columns.flatMap((column): [string, string][] => {
      const type = given.get(column.name);
      if (type === undefined) return [[column.name, `${file} does not give it: add it to the query`]];
      if (fitsColumn(column, type)) return [];
      const cast = type === 'DOUBLE' || type === 'FLOAT' ? ', which is not exact' : '';
      return [[column.name, `it is declared as ${column.type}, but ${file} gives ${type}${cast}: cast it`]];
    }),
    ...[...given.keys()]
      .filter((name) => !names.includes(name))
      .map((name): [string, string] => [
        name,
        `${file} gives it, but it is not declared: add it to the columns, or remove it from the query`,
      ]),
  ];
}

/** The lines of mart.yaml; always 1 where the file is not at hand. */
function linesOf(folder: string): (place: Place) => number {
  const file = path.join(folder, 'mart.yaml');
  if (!existsSync(file)) return () => 1;
  const parsed = parseMartFile(readFileSync(file, 'utf8'));
  return 'faults' in parsed ? () => 1 : parsed.lineOf;
}
