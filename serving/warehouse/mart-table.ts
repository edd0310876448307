/**
 * A copy of a mart in the warehouse: the table `marts.<name>` with its stored columns, for queries beside the star schema.
 */

import { quoteIdentifier, quoteLiteral } from '../../engine/duckdb/quote';
import { columnList, equalOn } from '../../engine/duckdb/sql';
import type { Lake } from '../../lake/lake';
import type { Warehouse } from './connection';
import type { FeedChange } from './load-star';
import { runStatement } from './run-statements';
import { hasTable } from './tables';

export interface MartTable {
  /** That of the mart. */
  readonly name: string;
  readonly description: string;
  /** With the SQL type of each. */
  readonly columns: readonly {
    readonly name: string;
    readonly type: string;
    readonly description?: string;
  }[];
  readonly key: readonly string[];
}

/**
 * Applies changes to the copy, within the caller's transaction. The result depends on the rows of the mart alone. Only rows that differ are
 * written.
 *
 * @param isDefinedAnew the copy may have other columns or another key: it is dropped and made again
 * @returns rows that were inserted, updated or deleted
 * @throws errors of PostgreSQL, such as for a copy that must be dropped while a view reads it
 */
export async function loadMartTable(
  lake: Lake,
  warehouse: Warehouse,
  mart: MartTable,
  { touched, rows }: FeedChange,
  isDefinedAnew: boolean,
): Promise<number> {
  if (isDefinedAnew) await warehouse.query(`drop table if exists marts.${quoteIdentifier(mart.name)}`);
  const table = await makeTable(warehouse, mart);
  const names = mart.columns.map(({ name }) => name);
  const { dialect } = warehouse;
  const name = quoteIdentifier(mart.name);
  await warehouse.query(`create temp table staged_mart (like ${table})`);
  await dialect.copyRows(lake, warehouse, 'staged_mart', names, rows);
  await warehouse.query(
    `create temp table touched_mart as select ${columnList(mart.key)} from ${touched === undefined ? table : 'staged_mart where false'}`,
  );
  if (touched !== undefined) await dialect.copyRows(lake, warehouse, 'touched_mart', mart.key, touched);
  await dialect.analyze(warehouse, ['staged_mart', 'touched_mart']);
  const { rowCount } = await warehouse.query(
    `delete from ${table} using touched_mart where ${equalOn(mart.key, name, 'touched_mart')}
    and not exists (select 1 from staged_mart where ${equalOn(mart.key, name, 'staged_mart')})`,
  );
  let changed = rowCount ?? 0;
  const [column = ''] = mart.key;
  const upsert = dialect.upsert({
    table,
    key: mart.key,
    columns: names,
    rows: `select ${columnList(names)} from staged_mart`,
    touched: { column, table: 'staged_mart' },
  });
  for (const statement of upsert) changed += await runStatement(warehouse, statement);
  await warehouse.query('drop table staged_mart, touched_mart');
  return changed;
}

/** Makes the table if it is not there. @returns its quoted name */
async function makeTable(
  warehouse: Warehouse,
  { name, description, columns, key }: MartTable,
): Promise<string> {
  const table = `marts.${quoteIdentifier(name)}`;
  if (await hasTable(warehouse, name, 'marts')) return table;
  await warehouse.query('create schema if not exists marts');
  const defined = columns.map(
    (column) => `${quoteIdentifier(column.name)} ${warehouse.dialect.columnType(column.type)}`,
  );
  await warehouse.query(`create table ${table} (${defined.join(', ')}, primary key (${columnList(key)}))`);
  await warehouse.query(`comment on table ${table} is ${quoteLiteral(description)}`);
  for (const column of columns) {
    if (column.description === undefined) continue;
    const at = `${table}.${quoteIdentifier(column.name)}`;
    await warehouse.query(`comment on column ${at} is ${quoteLiteral(column.description)}`);
  }
  return table;
}
