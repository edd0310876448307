import { catalog } from '../../catalog/catalog';
import { contractFromHeader, kindFromName } from '../../domain/contract';

const { contracts, kinds } = catalog;
const kindFromHeader = (header: readonly string[]) => contractFromHeader(header, contracts)?.kind;

describe('the kind told by a name', () => {
  test.each([
    ['input/products.csv', 'products'],
    ['input/Products_2025.CSV', 'products'],
    ['input/a/b/ORDERS-part1.csv.gz', 'orders'],
    ['input/order_items_part3.csv', 'order_items'],
    ['input/orders/order_items.csv', 'order_items'],
    ['input/export.csv', undefined],
    ['input/orders/export.csv', undefined],
    ['input/my_orders.csv', undefined],
  ])('%s is %s', (key, kind) => {
    expect(kindFromName(key, kinds)).toBe(kind);
  });
});

describe('the kind told by a header', () => {
  test.each(kinds)('holds all columns of %s, in any order and case, with others between', (kind) => {
    const names = catalog
      .contract(kind)
      .columns.map(({ name }) => ` ${name.toUpperCase()} `)
      .reverse();
    expect(kindFromHeader(['extra', ...names])).toBe(kind);
  });

  test('is unknown where a column is missing', () => {
    expect(
      kindFromHeader(
        catalog
          .contract('orders')
          .columns.slice(1)
          .map(({ name }) => name),
      ),
    ).toBeUndefined();
  });

  test('is unknown where the columns of two kinds stand in it', () => {
    const both = [...catalog.contract('orders').columns, ...catalog.contract('products').columns].map(
      ({ name }) => name,
    );
    expect(kindFromHeader(both)).toBeUndefined();
  });
});
