import type { Column, ColumnType, Contract } from '../domain/contract';

const column = (name: string, type: ColumnType, required = false): Column => ({ name, type, required });

export const CONTRACTS: readonly Contract[] = [
  {
    kind: 'products',
    key: ['id'],
    partition: { by: 'value', of: 'department' },
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
  {
    kind: 'orders',
    key: ['order_id'],
    partition: { by: 'month', of: 'created_at' },
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
  {
    kind: 'order_items',
    key: ['id'],
    partition: { by: 'month', of: 'created_at' },
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
];
