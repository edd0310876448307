import { createCatalog } from '../../catalog/catalog';
import { definitions } from '../../catalog/definitions';
import { eventMarts } from '../../catalog/deployment-marts';
import { type Contract, DELETED_COLUMN } from '../../domain/contract';

/** A shop with all marts but those over events, several pieces per line, orders without a customer, and rows that delete their key. */

const changes: Readonly<Record<string, (contract: Contract) => Contract>> = {
  orders: (contract) => ({
    ...contract,
    columns: contract.columns.map((column) =>
      column.name === 'user_id' ? { ...column, required: false } : column,
    ),
  }),
  order_items: (contract) => ({
    ...contract,
    quantity: { column: 'quantity', of: 'sale_price', price: 'line' },
  }),
};

const left = eventMarts(definitions.contracts);

export const MART_SHOP = createCatalog({
  ...definitions,
  marts: definitions.marts.filter(({ name }) => !left.includes(name)),
  contracts: definitions.contracts.map((contract) => changes[contract.kind]?.(contract) ?? contract),
});

/** The row as this shop writes it. */
export function inMartShop(_: string, row: Readonly<Record<string, string>>): Record<string, string> {
  const { pieces, deletes, guest, ...rest } = row;
  return {
    ...rest,
    ...(pieces !== undefined && { quantity: pieces }),
    ...(guest === 'yes' && { user_id: '' }),
    ...(deletes === 'true' && { [DELETED_COLUMN]: 'true' }),
  };
}
