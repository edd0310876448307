/**
 * A copy of a mart in the warehouse: the table `marts.<name>` with its stored columns, for queries beside the star schema.
 */

import { quoteIdentifier, quoteLiteral } from '../../engine/duckdb/quote';
import { columnList, equalOn } from '../../engine/duckdb/sql';
import type { Lake } from '../../lake/lake';
import type { Warehouse } from './connection';
import { copyRows } from './copy-rows';
import type { FeedChange } from './load-star';

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
  await warehouse.query(`create temp table staged_mart (like ${table}) on commit drop`);
  await copyRows(lake, warehouse, 'staged_mart', names, rows);
  await warehouse.query(
    `create temp table touched_mart on commit drop as select ${columnList(mart.key)} from ${touched === undefined ? table : 'staged_mart where false'}`,
  );
  if (touched !== undefined) await copyRows(lake, warehouse, 'touched_mart', mart.key, touched);
  await warehouse.query('analyze staged_mart, touched_mart');
  const others = names.filter((name) => !mart.key.includes(name));
  const { rowCount: deleted } = await warehouse.query(
    `delete from ${table} as mart using touched_mart where ${equalOn(mart.key, 'mart', 'touched_mart')}
    and not exists (select from staged_mart where ${equalOn(mart.key, 'mart', 'staged_mart')})`,
  );
  const { rowCount: written } = await warehouse.query(
    `insert into ${table} as mart select ${columnList(names)} from staged_mart
    on conflict (${columnList(mart.key)}) do ${
      others.length === 0
        ? 'nothing'
        : `update set ${others.map((name) => `${quoteIdentifier(name)} = excluded.${quoteIdentifier(name)}`).join(', ')}
    where mart is distinct from excluded`
    }`,
  );
  await warehouse.query('drop table staged_mart; drop table touched_mart');
  return (deleted ?? 0) + (written ?? 0);
}

/** Makes the table if it is not there. @returns its quoted name */
async function makeTable(
  warehouse: Warehouse,
  { name, description, columns, key }: MartTable,
): Promise<string> {
  const table = `marts.${quoteIdentifier(name)}`;
  const { rows } = await warehouse.query('select to_regclass($1) is not null as is_there', [table]);
  if (rows[0]?.is_there) return table;
  await warehouse.query('create schema if not exists marts');
  const defined = columns.map((column) => `${quoteIdentifier(column.name)} ${column.type}`);
  await warehouse.query(`create table ${table} (${defined.join(', ')}, primary key (${columnList(key)}))`);
  await warehouse.query(`comment on table ${table} is ${quoteLiteral(description)}`);
  for (const column of columns) {
    if (column.description === undefined) continue;
    const at = `${table}.${quoteIdentifier(column.name)}`;
    await warehouse.query(`comment on column ${at} is ${quoteLiteral(column.description)}`);
  }
  return table;
}
