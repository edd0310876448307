import { catalog, createCatalog } from '../../../catalog/catalog';
import { ORDER_ITEMS } from '../../builders/csv';

/** The included contracts, with such a declaration of the pieces of a line. */
export const contractsWith = (price?: 'unit' | 'line', aliases: readonly string[] = []) =>
  createCatalog({
    ...catalog,
    contracts: catalog.contracts.map((contract) =>
      contract.kind === 'order_items'
        ? {
            ...contract,
            columns: contract.columns.map((column) =>
              column.name === 'quantity' ? { ...column, aliases } : column,
            ),
            quantity: { column: 'quantity', of: 'sale_price', ...(price && { price }) },
          }
        : contract,
    ),
  }).contracts;

/** A file of items with one more column. */
export const items = (header: string, ...cells: readonly (readonly [price: string, quantity: string])[]) =>
  [
    `${ORDER_ITEMS},${header}`,
    ...cells.map(
      ([price, quantity], at) => `${at + 1},1,7,2,new,2025-04-01T10:00:00,,,,${price},${quantity}`,
    ),
  ].join('\n');
