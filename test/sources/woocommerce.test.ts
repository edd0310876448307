import { Platform } from './platform';

const HEADER =
  'Order Number,Order Status,Order Date,Email (Billing),Order Total Amount,SKU,Item #,Item Name,Quantity (- Refund),Item Cost,Coupon Code';
const PRODUCTS = 'ID,Type,SKU,Name,Regular price,Categories,Parent';

let shop: Platform;
afterEach(() => shop.close());

test('pieces that were not refunded count at the price of one', async () => {
  shop = new Platform('woocommerce');
  await shop.load(
    'orders-2025-05.csv',
    HEADER,
    '501,Completed,2025-05-01 10:00,a@example.com,20.00,MUG-1,1,Mug,2,4.50,SPRING',
    '501,,,,,,2,Pen,0,1.25,',
    '502,Refunded,2025-05-02 10:00,b@example.com,9.00,MUG-1,1,Mug,1,4.50,',
    '503,Failed,2025-05-03 10:00,c@example.com,9.00,MUG-1,1,Mug,1,4.50,',
    '504,Cancelled,2025-05-04 10:00,,9.00,MUG-1,1,Mug,1,4.50,',
  );
  expect(shop.days()).toEqual({
    '2025-05-01': '1 orders, 9.00, 2 pieces',
    '2025-05-02': '1 orders, 4.50, 1 pieces',
    '2025-05-04': '1 orders, 4.50, 1 pieces',
  });
  expect(await shop.rows('orders', 'order_id', 'status')).toEqual([
    { order_id: '501', status: 'Completed' },
    { order_id: '502', status: 'Returned' },
    { order_id: '504', status: 'Cancelled' },
  ]);
  expect(await shop.differences()).toBe(0);
});

test('variations have the category of their parent, and products count without a cost', async () => {
  shop = new Platform('woocommerce');
  await shop.load(
    'wc-product-export-1.csv',
    PRODUCTS,
    '1,variable,TEE,Tee,,"Clothing, Clothing > Tees",',
    '2,variation,TEE-S,Tee - S,15,,id:1',
    '3,variation,TEE-M,Tee - M,15,,TEE',
    '4,simple,,Mug,12,Kitchen > Mugs,',
  );
  expect(await shop.rows('products', 'id', 'category')).toEqual([
    { id: '4', category: 'Kitchen' },
    { id: 'TEE-M', category: 'Clothing' },
    { id: 'TEE-S', category: 'Clothing' },
  ]);
  await shop.load(
    'orders-2025-05.csv',
    HEADER,
    '501,Completed,2025-05-01 10:00,a@example.com,15.00,TEE-S,1,Tee - S,1,15.00,',
  );
  expect(shop.categories()).toEqual(['Clothing']);
});
