import type { KpiTableSpec } from '../../domain/kpis';
import { type DuckDb, quoteIdentifier } from '../../lake/duckdb';

/** A KPI item's cells as text, by column; DynamoDB numbers go in as text, so that no digit is lost. */
export type KpiItem = Readonly<Record<string, string>>;

/** The DynamoDB table of one KPI table. Both methods may be repeated with the same outcome. */
export interface KpiStore {
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
  spec: KpiTableSpec,
  kpis: string,
  touched: string,
  store: KpiStore,
): Promise<{ written: number; deleted: number }> {
  const onKey = spec.key
    .map((name) => `k.${quoteIdentifier(name)} = t.${quoteIdentifier(name)}`)
    .join(' and ');
  const asText = (relation: string, names: readonly string[]) =>
    names
      .map((name) => `cast(${relation}.${quoteIdentifier(name)} as varchar) as ${quoteIdentifier(name)}`)
      .join(', ');
  const columns = spec.columns.map(({ name }) => name);

  const written = await paged(
    db,
    `select ${asText('k', columns)} from ${kpis} k semi join ${touched} t on ${onKey}`,
    spec.key,
    (items) => store.put(items),
  );
  const deleted = await paged(
    db,
    `select ${asText('t', spec.key)} from ${touched} t anti join ${kpis} k on ${onKey}`,
    spec.key,
    (keys) => store.delete(keys),
  );
  return { written, deleted };
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
