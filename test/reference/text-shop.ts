import { createCatalog } from '../../catalog/catalog';
import type { Contract } from '../../domain/contract';
import { kpiDefinitions as definitions } from '../builders/kpi-catalog';
import { IDENTITIES, type Identities } from './kpis';

/**
 * A shop whose ids are texts such as `#1001`, whose items are the numbered lines of an order, and whose orders and items
 * have a version column of their own, and are deleted by their status.
 */

const text = (name: string, required = false) => ({ name, type: 'text' as const, required });

const DELETED = { column: 'status', values: ['void'] };

const changes: Readonly<Record<string, (contract: Contract) => Contract>> = {
  products: (contract) => ({ ...contract, columns: withTextIds(contract, 'id') }),
  orders: (contract) => ({
    ...contract,
    version: 'updated_at',
    deleted: DELETED,
    columns: [
      ...withTextIds(contract, 'order_id', 'user_id'),
      { name: 'updated_at', type: 'timestamp', required: false },
    ],
  }),
  order_items: (contract) => ({
    ...contract,
    key: ['order_id', 'line'],
    version: 'revision',
    deleted: DELETED,
    columns: [
      ...withTextIds(contract, 'order_id', 'user_id', 'product_id').filter(({ name }) => name !== 'id'),
      { name: 'line', type: 'int64', required: true },
      { name: 'revision', type: 'double', required: false },
    ],
  }),
};

const withTextIds = ({ columns }: Contract, ...names: string[]) =>
  columns.map((column) =>
    names.includes(column.name) ? { ...column, ...text(column.name, column.required) } : column,
  );

export const TEXT_SHOP = createCatalog({
  ...definitions,
  contracts: definitions.contracts.map((contract) => changes[contract.kind]?.(contract) ?? contract),
  inputs: definitions.inputs.map((input) =>
    input.kind === 'order_items'
      ? {
          ...input,
          columns: ['order_id', 'line', ...input.columns.filter((name) => !/^(order_)?id$/.test(name))],
        }
      : input,
  ),
});

export const TEXT_IDENTITIES: Identities = {
  ...IDENTITIES,
  orders: { key: ['order_id'], version: 'updated_at', deletedStatus: 'void' },
  order_items: { key: ['order_id', 'line'], version: 'revision', deletedStatus: 'void' },
};

const IDS = ['id', 'order_id', 'user_id', 'product_id'];

/** The row as this shop writes it: `7` and `7.0` are `#7`, an item's id is its line, and `Shipped` deletes. */
export function inTextShop(kind: string, row: Readonly<Record<string, string>>): Record<string, string> {
  const ids = Object.entries(row).map(([name, value]) => [
    name,
    IDS.includes(name) && value !== '' ? `#${value.replace('.0', '')}` : value,
  ]);
  const status = row.status === 'Shipped' ? { status: 'void' } : {};
  return { ...Object.fromEntries(ids), ...status, ...(kind === 'order_items' && { line: row.id ?? '' }) };
}
