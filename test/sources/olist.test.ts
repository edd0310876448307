import { Platform } from './platform';

let shop: Platform;
afterEach(() => shop.close());

test('an order counts once it has an item, and numbers of items are counted within their order', async () => {
  shop = new Platform('olist');
  await shop.load(
    'olist_order_items_dataset.csv',
    '"order_id","order_item_id","product_id","seller_id","shipping_limit_date","price","freight_value"',
    '"aa",1,"p1","s1",2025-05-05 09:45:35,58.90,13.29',
    '"aa",2,"p1","s1",2025-05-05 09:45:35,58.90,13.29',
    '"bb",1,"p2","s1",2025-05-06 09:45:35,10.00,13.29',
  );
  await shop.load(
    'olist_orders_dataset.csv',
    '"order_id","customer_id","order_status","order_purchase_timestamp","order_approved_at","order_delivered_carrier_date","order_delivered_customer_date","order_estimated_delivery_date"',
    '"aa","c1","delivered","2025-05-01 10:56:33",,,"2025-05-09 21:25:13",',
    '"bb","c2","canceled","2025-05-01 11:56:33",,,,',
    '"cc","c3","canceled","2025-05-02 00:00:00",,,,',
  );
  expect(shop.days()).toEqual({ '2025-05-01': '2 orders, 127.80, 3 pieces' });
  expect((await shop.rows('order_items', 'id')).map(({ id }) => id)).toEqual(['aa/1', 'aa/2', 'bb/1']);
  expect(await shop.differences()).toBe(0);
});
