import { Platform } from './platform';

const HEADER =
  'Name,Email,Financial Status,Fulfilled at,Currency,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Cancelled at,Payment Method,Notes';

const order = (
  name: string,
  day: string,
  { status = 'paid', cancelled = '', method = 'Shopify Payments', currency = 'USD' } = {},
) => ({
  first: (line: string) =>
    `${name},a@example.com,${status},,${currency},9.00,${day} 10:00:00 +0200,${line},${cancelled},${method},"one\nnote"`,
  next: (line: string) => `${name},,,,,,,${line},,,`,
});

let shop: Platform;
afterEach(() => shop.close());

test('pieces count at the price of one, and a later export replaces the lines of an order', async () => {
  shop = new Platform('shopify');
  const one = order('#1', '2025-05-01');
  await shop.load('orders_export_1.csv', HEADER, one.first('2,Mug,4.50,MUG-1'), one.next('1,Pen,1.25,'));
  expect(shop.days()).toEqual({ '2025-05-01': '1 orders, 10.25, 3 pieces' });
  await shop.load('orders_export_2.csv', HEADER, one.first('1,Mug,4.50,MUG-1'), one.next('1,Pen,1.25,'));
  expect(shop.days()).toEqual({ '2025-05-01': '1 orders, 5.75, 2 pieces' });
  expect(await shop.rows('order_items', 'id', 'product_id', '_source_line')).toEqual([
    { id: '#1/MUG-1/1', product_id: 'MUG-1', _source_line: '2' },
    { id: '#1/Pen/1', product_id: 'Pen', _source_line: '4' },
  ]);
  expect(await shop.differences()).toBe(0);
});

test('an order that is twice in a file, as in exports put together, counts once', async () => {
  shop = new Platform('shopify');
  const one = order('#1', '2025-05-01');
  await shop.load(
    'orders_export.csv',
    HEADER,
    one.first('2,Mug,4.50,MUG-1'),
    one.next('1,Mug,4.00,MUG-1'),
    one.first('1,Mug,4.50,MUG-1'),
    one.next('1,Mug,4.00,MUG-1'),
  );
  expect(shop.days()).toEqual({ '2025-05-01': '1 orders, 8.50, 2 pieces' });
});

test('refunded, cancelled and test orders have a status that says so, and test orders are left out', async () => {
  shop = new Platform('shopify');
  await shop.load(
    'orders_export.csv',
    HEADER,
    order('#1', '2025-05-01', { status: 'refunded' }).first('1,Mug,4.50,MUG-1'),
    order('#2', '2025-05-02', { status: 'voided', cancelled: '2025-05-03 10:00:00 +0200' }).first(
      '1,Mug,4.50,',
    ),
    order('#3', '2025-05-03', { status: 'partially_refunded' }).first('1,Mug,4.50,MUG-1'),
    order('#4', '2025-05-04', { method: '(for testing) Bogus Gateway' }).first('1,Mug,4.50,MUG-1'),
  );
  expect(await shop.rows('orders', 'order_id', 'status')).toEqual([
    { order_id: '#1', status: 'Returned' },
    { order_id: '#2', status: 'Cancelled' },
    { order_id: '#3', status: 'partially_refunded' },
  ]);
  expect(Object.keys(shop.days())).toEqual(['2025-05-01', '2025-05-02', '2025-05-03']);
});

test('orders in two currencies are refused', async () => {
  shop = new Platform('shopify');
  const loaded = await shop.load(
    'orders_export.csv',
    HEADER,
    order('#1', '2025-05-01').first('1,Mug,4.50,MUG-1'),
    order('#2', '2025-05-01', { currency: 'EUR' }).first('1,Mug,4.50,MUG-1'),
  );
  expect(loaded).toMatchObject({
    outcome: 'invalid',
    reason: expect.stringMatching(/currencies: "USD 4.5000" .* "EUR 4.5000"/),
  });
});

test('products have the category of their first row, and variants without an SKU the name they have in orders', async () => {
  shop = new Platform('shopify');
  await shop.load(
    'products_export_1.csv',
    'Handle,Title,Vendor,Product Category,Type,Option1 Value,Option2 Value,Option3 Value,Variant SKU,Variant Price,Image Src,Cost per item',
    'tee,Tee,Demo,,Clothing,S,Red,,TEE-S,15.00,,6.00',
    'tee,,,,,M,Red,,,15.00,,6.00',
    'tee,,,,,,,,,,https://example.com/2.png,',
    'mug,Mug,Demo,Home > Kitchen,,Default Title,,,,12.00,,',
  );
  expect(await shop.rows('products', 'id', 'category', 'retail_price', 'cost')).toEqual([
    { id: 'Mug', category: 'Home > Kitchen', retail_price: '12.0000', cost: null },
    { id: 'TEE-S', category: 'Clothing', retail_price: '15.0000', cost: '6.0000' },
    { id: 'Tee - M / Red', category: 'Clothing', retail_price: '15.0000', cost: '6.0000' },
  ]);
});

test('cancelled orders and gift cards are left out if the contracts say so', async () => {
  shop = new Platform('shopify', {
    orders: { leaveOut: [{ column: 'status', values: ['Cancelled'] }] },
    order_items: { leaveOut: [{ column: 'item_type', values: ['gift card'] }] },
  });
  const loaded = await shop.load(
    'orders_export.csv',
    HEADER,
    order('#1', '2025-05-01').first('1,Gift Card - $50,50.00,'),
    order('#1', '2025-05-01').next('1,Mug,4.50,MUG-1'),
    order('#2', '2025-05-02', { cancelled: '2025-05-03 10:00:00 +0200' }).first('1,Mug,4.50,MUG-1'),
  );
  expect(loaded).toMatchObject({ outcome: 'valid', rows: 3, left_out_rows: 2, bad_rows: 0 });
  expect(shop.days()).toEqual({ '2025-05-01': '1 orders, 4.50, 1 pieces' });
});
