/**
 * The three kinds of file, their columns, and how a file's kind is told.
 */

import { type Column, type ColumnType, type KindSpec, normalizeColumnName } from '../domain/contract';

export const KINDS = ['products', 'orders', 'order_items'] as const;
export type Kind = (typeof KINDS)[number];

const column = (name: string, type: ColumnType, required = false): Column => ({ name, type, required });

export const KIND_SPECS: Readonly<Record<Kind, KindSpec>> = {
  products: {
    kind: 'products',
    key: 'id',
    columns: [
      column('id', 'int64', true),
      column('sku', 'text'),
      column('cost', 'money'),
      column('category', 'text'),
      column('name', 'text'),
      column('brand', 'text'),
      column('retail_price', 'money'),
      column('department', 'text'),
    ],
  },
  orders: {
    kind: 'orders',
    key: 'order_id',
    columns: [
      column('order_id', 'int64', true),
      column('user_id', 'int64', true),
      column('status', 'text'),
      column('created_at', 'timestamp', true),
      column('returned_at', 'timestamp'),
      column('shipped_at', 'timestamp'),
      column('delivered_at', 'timestamp'),
      column('num_of_item', 'int64'),
    ],
  },
  order_items: {
    kind: 'order_items',
    key: 'id',
    columns: [
      column('id', 'int64', true),
      column('order_id', 'int64', true),
      column('user_id', 'int64'),
      column('product_id', 'int64'),
      column('status', 'text'),
      column('created_at', 'timestamp', true),
      column('shipped_at', 'timestamp'),
      column('delivered_at', 'timestamp'),
      column('returned_at', 'timestamp'),
      column('sale_price', 'money'),
    ],
  },
};

/** The kind that a file's name tells, in any folder and any case; undefined where it tells none. */
export function kindFromName(key: string): Kind | undefined {
  const name = (key.split('/').pop() ?? '').toLowerCase();
  return KINDS.find((kind) => name.startsWith(kind));
}

/** The one kind whose columns all stand in the header (trimmed, any case); undefined for none or several. */
export function kindFromHeader(header: readonly string[]): Kind | undefined {
  const names = new Set(header.map(normalizeColumnName));
  const matches = KINDS.filter((kind) => KIND_SPECS[kind].columns.every((c) => names.has(c.name)));
  return matches.length === 1 ? matches[0] : undefined;
}
