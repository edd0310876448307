import { catalog } from '../../catalog/catalog';
import { kindFromName } from '../../domain/file-names';

test.each([
  ['input/products.csv', 'products'],
  ['input/Products_2025.CSV', 'products'],
  ['input/a/b/ORDERS-part1.csv.gz', 'orders'],
  ['input/order_items_part3.csv', 'order_items'],
  ['input/orders/order_items.csv', 'order_items'],
  ['input/export.csv', undefined],
  ['input/orders/export.csv', undefined],
  ['input/my_orders.csv', undefined],
])('without patterns, the kind of %s is %s', (key, kind) => {
  expect(kindFromName(key, catalog.contracts)).toBe(kind);
});

describe('with patterns', () => {
  const kinds = [
    { kind: 'orders' },
    { kind: 'orders_web' },
    { kind: 'items', match: { names: ['*Lines*.csv', 'zeilen'] } },
    { kind: 'returns', match: { names: ['ret*-*-*.csv'] } },
    { kind: 'refunds', match: { names: ['ref*-*-*.csv', '*-both.csv'] } },
    { kind: 'credits', match: { names: ['*-both.csv'] } },
  ];

  test.each([
    ['input/orders_webshop.csv', 'orders_web'],
    ['input/orders_shop.csv', 'orders'],
    ['input/x/2025 order lines 3.CSV', 'items'],
    ['input/lines.csv', 'items'],
    ['input/lines.csv.gz', undefined],
    ['input/items.csv', undefined],
    ['input/zeilen', 'items'],
    ['input/zeilen2', undefined],
    ['input/ret-a-b.csv', 'returns'],
    ['input/ret-.csv', undefined],
    ['input/ret--.csv', 'returns'],
    ['input/my-both.csv', undefined],
  ])('the kind of %s is %s', (key, kind) => {
    expect(kindFromName(key, kinds)).toBe(kind);
    expect(kindFromName(key, kinds.toReversed())).toBe(kind);
  });
});
