import { Platform } from './platform';

let shop: Platform;
afterEach(() => shop.close());

test('orders and their items are two files, in whichever order', async () => {
  shop = new Platform('etsy');
  await shop.load(
    'EtsySoldOrderItems2025.csv',
    'Sale Date,Item Name,Buyer,Quantity,Price,Coupon Code,Discount Amount,Currency,Transaction ID,Listing ID,Date Shipped,Order ID,SKU',
    '05/01/25,Mug,patx,2,4.50,SPRING,0.90,USD,9001,71,,3900000001,MUG-1',
    '05/01/25,Pen,patx,1,1.25,,0.00,USD,9002,72,05/03/25,3900000001,',
  );
  expect(shop.days()).toEqual({});
  await shop.load(
    'EtsySoldOrders2025.csv',
    'Sale Date,Order ID,Buyer User ID,Number of Items,Date Shipped,Currency,Order Value,Status,Buyer',
    '05/01/25,3900000001,patx,3,05/03/25,USD,10.25,,Pat (patx)',
    '12/31/24,3900000000,,1,,USD,5.00,,Sam (samo)',
  );
  expect(shop.days()).toEqual({
    '2024-12-31': '1 orders, 0.00, 0 pieces',
    '2025-05-01': '1 orders, 10.25, 3 pieces',
  });
  expect(await shop.rows('order_items', 'id', 'product_id', 'quantity')).toEqual([
    { id: '9001', product_id: 'MUG-1', quantity: '2' },
    { id: '9002', product_id: '72', quantity: '1' },
  ]);
  expect(await shop.rows('orders', 'order_id', 'user_id')).toEqual([
    { order_id: '3900000000', user_id: 'Sam (samo)' },
    { order_id: '3900000001', user_id: 'patx' },
  ]);
  expect(await shop.differences()).toBe(0);
});
