import type { Mart, MartColumn } from '../../domain/mart';
import { quoteIdentifier, quoteLiteral } from '../../engine/duckdb/quote';
import type { DuckDb } from '../../engine/duckdb/session';
import { fill } from '../../engine/duckdb/sql';
import { duckDbType, martDeltaType } from '../../lake/schema';
import { cellSql } from './cells';
import storedKeysSql from './stored_keys.sql';

/**
 * A KPI item's cells as text, by column. DynamoDB numbers are text too, so that no digit is lost. A null has no attribute in
 * DynamoDB.
 */
export type KpiItem = Readonly<Record<string, string | null>>;

/** The DynamoDB table of one KPI table. All methods are idempotent. */
export interface KpiStore {
  /** Identifies the table: one that is created anew under its name has another id. */
  id(): Promise<string>;
  /** The keys of all items, in pages, read consistently. */
  keys(): AsyncIterable<readonly KpiItem[]>;
  put(items: readonly KpiItem[]): Promise<void>;
  delete(keys: readonly KpiItem[]): Promise<void>;
}

/**
 * Writes the KPI table's rows for the touched keys to DynamoDB, and deletes the items whose key it no longer has.
 * @param kpis relation of the table's current rows
 * @param touched relation of key columns: every key that may differ in DynamoDB
 */
export async function publish(
  db: DuckDb,
  mart: Mart,
  kpis: string,
  touched: string,
  store: KpiStore,
): Promise<{ written: number; deleted: number }> {
  const onKey = mart.key
    .map((name) => `k.${quoteIdentifier(name)} = t.${quoteIdentifier(name)}`)
    .join(' and ');
  const asText = (relation: string, columns: readonly MartColumn[]) =>
    columns
      .map(({ name, type }) => {
        const column = quoteIdentifier(name);
        return `${cellSql(`${relation}.${column}`, type)} as ${column}`;
      })
      .join(', ');
  const keyColumns = mart.columns.filter(({ name }) => mart.key.includes(name));

  const written = await paged(
    db,
    `select ${asText('k', mart.columns)} from ${kpis} k semi join ${touched} t on ${onKey}`,
    (items) => store.put(items),
  );
  const deleted = await paged(
    db,
    `select ${asText('t', keyColumns)} from ${touched} t anti join ${kpis} k on ${onKey}`,
    (keys) => store.delete(keys),
  );
  return { written, deleted };
}

/**
 * The keys that may differ if the published version is unknown: every key of the KPI table and of DynamoDB, as a relation of
 * key columns. Keys of the wrong type (a day that is not a date) were not written by Daybook, and are left out.
 */
export async function everyKey(
  db: DuckDb,
  mart: Mart,
  kpis: string,
  store: Pick<KpiStore, 'keys'>,
): Promise<string> {
  const keys = `${mart.name}_keys`;
  const columns = mart.columns
    .filter(({ name }) => mart.key.includes(name))
    .map(({ name, type }) => ({ name: quoteIdentifier(name), type: duckDbType(martDeltaType(type)) }));
  const names = columns.map(({ name }) => name).join(', ');
  const insert = fill(storedKeysSql, {
    keys,
    cells: columns.map(({ name, type }) => `try_cast(${name} as ${type}) as ${name}`).join(', '),
    structure: quoteLiteral(JSON.stringify([Object.fromEntries(mart.key.map((name) => [name, 'VARCHAR']))])),
  });
  await db.run(`create or replace temp table ${keys} as select ${names} from ${kpis}`);
  for await (const page of store.keys()) await db.run(insert, { page: JSON.stringify(page) });
  const isValid = columns.map(({ name }) => `${name} is not null`).join(' and ');
  return `(select distinct ${names} from ${keys} where ${isValid})`;
}

/** Passes the rows of a query on in pages, so that any number fits into memory. @returns how many there are */
async function paged(
  db: DuckDb,
  query: string,
  onPage: (items: readonly KpiItem[]) => Promise<void>,
): Promise<number> {
  let count = 0;
  for await (const page of db.pages<KpiItem>(query)) {
    await onPage(page);
    count += page.length;
  }
  return count;
}
