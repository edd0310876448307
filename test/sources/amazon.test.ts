import { Platform } from './platform';

const HEADER = [
  'amazon-order-id',
  'merchant-order-id',
  'purchase-date',
  'order-status',
  'product-name',
  'sku',
  'item-status',
  'quantity',
  'currency',
  'item-price',
  'item-promotion-discount',
].join('\t');

const item = (id: string, day: string, ...cells: string[]) =>
  [id, '', `${day}T10:00:00+00:00`, ...cells].join('\t');

let shop: Platform;
afterEach(() => shop.close());

test('the price is of all pieces, and quotes are text', async () => {
  shop = new Platform('amazon');
  const first = await shop.load(
    '5021.txt',
    HEADER,
    item('111-1', '2025-05-01', 'Shipped', 'Kit 5" steel', 'KIT', 'Shipped', '2', 'USD', '30.00', '3.00'),
    item('111-1', '2025-05-01', 'Shipped', 'Kit 5" steel', 'KIT', 'Shipped', '1', 'USD', '15.00', ''),
    item('111-2', '2025-05-01', 'Cancelled', 'Cover', 'COV', 'Cancelled', '0', '', '', ''),
    item('111-3', '2025-05-02', 'Pending', 'Cover', 'COV', 'Pending', '1', '', '', ''),
  );
  expect(first).toMatchObject({ outcome: 'valid', bad_rows: 0 });
  expect(shop.days()).toEqual({
    '2025-05-01': '1 orders, 45.00, 3 pieces',
    '2025-05-02': '1 orders, 0.00, 0 pieces',
  });
  await shop.load(
    '5022.txt',
    HEADER,
    item('111-3', '2025-05-02', 'Shipped', 'Cover', 'COV', 'Shipped', '1', 'USD', '9.99', ''),
  );
  expect(shop.days()['2025-05-02']).toBe('1 orders, 9.99, 1 pieces');
  expect((await shop.rows('order_items', 'id')).map(({ id }) => id)).toEqual([
    '111-1/KIT/1',
    '111-1/KIT/2',
    '111-2/COV/1',
    '111-3/COV/1',
  ]);
  expect(await shop.differences()).toBe(0);
});

test('a report over two currencies is refused', async () => {
  shop = new Platform('amazon');
  const loaded = await shop.load(
    '5021.txt',
    HEADER,
    item('111-1', '2025-05-01', 'Shipped', 'Kit', 'KIT', 'Shipped', '2', 'USD', '30.00', ''),
    item('111-2', '2025-05-01', 'Shipped', 'Kit', 'KIT', 'Shipped', '2', 'CAD', '40.00', ''),
  );
  expect(loaded).toMatchObject({ outcome: 'invalid', reason: expect.stringContaining('currencies') });
});
