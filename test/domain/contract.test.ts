import { catalog } from '../../catalog/catalog';
import { contractFromHeader, kindFromName } from '../../domain/contract';

const { contracts, kinds } = catalog;
const kindFromHeader = (header: readonly string[]) => contractFromHeader(header, contracts)?.kind;

describe('the kind from a file name', () => {
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

describe('the kind from a header', () => {
  test.each(kinds)('finds %s by its columns, in any order and case, with extra columns', (kind) => {
    const names = catalog
      .contract(kind)
      .columns.map(({ name }) => ` ${name.toUpperCase()} `)
      .reverse();
    expect(kindFromHeader(['extra', ...names])).toBe(kind);
  });

  test('is unknown if a column is missing', () => {
    expect(
      kindFromHeader(
        catalog
          .contract('orders')
          .columns.slice(1)
          .map(({ name }) => name),
      ),
    ).toBeUndefined();
  });

  test('is unknown if the header has the columns of two kinds', () => {
    const both = [...catalog.contract('orders').columns, ...catalog.contract('products').columns].map(
      ({ name }) => name,
    );
    expect(kindFromHeader(both)).toBeUndefined();
  });
});
