import type { Mart } from '../../domain/mart';
import { type DuckDb, quoteIdentifier, quoteLiteral } from '../../engine/duckdb/session';
import { fill } from '../../engine/duckdb/sql';
import { duckDbType, martDeltaType } from '../../lake/schema';
import storedKeysSql from './stored_keys.sql';

/** A KPI item's cells as text, by column; DynamoDB numbers go in as text, so that no digit is lost. */
export type KpiItem = Readonly<Record<string, string>>;

/** The DynamoDB table of one KPI table. Every method may be repeated with the same outcome. */
export interface KpiStore {
  /** The keys of every item there is, in pages, as they were when the last write had come back. */
  keys(): AsyncIterable<readonly KpiItem[]>;
  put(items: readonly KpiItem[]): Promise<void>;
  delete(keys: readonly KpiItem[]): Promise<void>;
}

/** Items on their way at one time, so that ten years of days do not fill the memory. */
const PAGE = 5_000;

/**
 * Writes to DynamoDB what the KPI table holds for the touched keys, and deletes those it no longer holds.
 * @param kpis relation of the table's rows as they are now
 * @param touched relation of key columns: every key that may differ from what DynamoDB holds
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
  const asText = (relation: string, names: readonly string[]) =>
    names
      .map((name) => `cast(${relation}.${quoteIdentifier(name)} as varchar) as ${quoteIdentifier(name)}`)
      .join(', ');
  const columns = mart.columns.map(({ name }) => name);

  const written = await paged(
    db,
    `select ${asText('k', columns)} from ${kpis} k semi join ${touched} t on ${onKey}`,
    mart.key,
    (items) => store.put(items),
  );
  const deleted = await paged(
    db,
    `select ${asText('t', mart.key)} from ${touched} t anti join ${kpis} k on ${onKey}`,
    mart.key,
    (keys) => store.delete(keys),
  );
  return { written, deleted };
}

/**
 * What may differ where nothing tells what DynamoDB was last told: every key of the KPI table, and every key that
 * DynamoDB has, as a relation of key columns. Keys that are none of ours (a day that is no date) are not among them.
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
  const isOurs = columns.map(({ name }) => `${name} is not null`).join(' and ');
  return `(select distinct ${names} from ${keys} where ${isOurs})`;
}

async function paged(
  db: DuckDb,
  query: string,
  key: readonly string[],
  take: (items: KpiItem[]) => Promise<void>,
): Promise<number> {
  const order = key.map(quoteIdentifier).join(', ');
  for (let offset = 0; ; offset += PAGE) {
    const items = await db.rows<KpiItem>(`${query} order by ${order} limit ${PAGE} offset ${offset}`);
    if (items.length > 0) await take(items);
    if (items.length < PAGE) return offset + items.length;
  }
}
