import type { LineageRow } from '../../api/lineage';

/** What the address names: a row of a mart, or of a table below `staging/`. */
export type NamedRow =
  | { readonly mart: string; readonly key: Readonly<Record<string, string>> }
  | { readonly kind: string; readonly key: Readonly<Record<string, string>> };

const STAGING = 'staging/';

/**
 * The row of `?mart=order_kpis&order_date=2025-03-01` or `?table=staging/orders&order_id=1`; undefined if the address names none. A
 * parameter that starts with `rows.` is the place in a list, not a part of the key.
 */
export function namedRow(search: URLSearchParams): NamedRow | undefined {
  const key: Record<string, string> = {};
  for (const [name, value] of search) {
    if (name !== 'mart' && name !== 'table' && !name.startsWith('rows.')) key[name] = value;
  }
  const mart = search.get('mart');
  if (mart) return { mart, key };
  const table = search.get('table');
  if (!table) return undefined;
  return { kind: table.startsWith(STAGING) ? table.slice(STAGING.length) : table, key };
}

/** The address of a row's lineage, from any page; undefined if a key column has no value. */
export function lineageLink(
  table: { readonly mart: string } | { readonly table: string },
  key: readonly string[],
  row: LineageRow,
): string | undefined {
  const search = new URLSearchParams('mart' in table ? { mart: table.mart } : { table: table.table });
  for (const name of key) {
    const value = row[name];
    if (value === null || value === undefined) return undefined;
    search.set(name, value);
  }
  return `~/lineage?${search}`;
}
