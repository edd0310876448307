import { Platform } from './platform';

let shop: Platform;
afterEach(() => shop.close());

test('the tables of the data set are loaded, inventory items as the stock of each product', async () => {
  shop = new Platform('thelook');
  const loads = [
    [
      'orders.csv',
      'order_id,user_id,status,gender,created_at,returned_at,shipped_at,delivered_at,num_of_item',
      '1,11,Complete,F,2025-05-01 10:00:00+00:00,,,,1',
    ],
    [
      'order_items.csv',
      'id,order_id,user_id,product_id,inventory_item_id,status,created_at,shipped_at,delivered_at,returned_at,sale_price',
      '10,1,11,5,900,Complete,2025-05-01 10:00:00 UTC,,,,59.990001678466797',
    ],
    [
      'products.csv',
      'id,cost,category,name,brand,retail_price,department,sku,distribution_center_id',
      '5,20.5,Jeans,Slim,Demo,59.99,Women,SKU5,1',
    ],
    [
      'users.csv',
      'id,first_name,last_name,email,age,gender,state,street_address,postal_code,city,country,latitude,longitude,traffic_source,created_at,user_geom',
      '11,Pat,Example,a@example.com,40,F,Texas,1 Main St,73301,Austin,United States,30.2,-97.7,Search,2024-01-01 00:00:00 UTC,POINT(-97.7 30.2)',
    ],
    [
      'events.csv',
      'id,user_id,sequence_number,session_id,created_at,ip_address,city,state,postal_code,browser,traffic_source,uri,event_type',
      '7,,1,s-1,2025-05-01 09:59:00 UTC,192.0.2.1,Austin,Texas,73301,Chrome,Email,/product/5,product',
    ],
    [
      'inventory_items.csv',
      'id,product_id,created_at,sold_at,cost,product_category,product_name,product_brand,product_retail_price,product_department,product_sku,product_distribution_center_id',
      '900,5,2025-04-01 00:00:00 UTC,2025-05-01 10:00:00 UTC,20.5,Jeans,Slim,Demo,59.99,Women,SKU5,1',
      '901,5,2025-04-02 00:00:00 UTC,,20.5,Jeans,Slim,Demo,59.99,Women,SKU5,1',
      '902,6,2025-04-03 00:00:00 UTC,,20.5,Jeans,Wide,Demo,59.99,Women,SKU6,1',
    ],
  ] as const;
  for (const file of await shop.loadAll(loads)) {
    expect(file).toMatchObject({ outcome: 'valid', bad_rows: 0 });
  }
  expect(shop.days()).toEqual({ '2025-05-01': '1 orders, 59.99, 1 pieces' });
  expect(shop.categories()).toEqual(['Jeans']);
  expect(await shop.rows('users', 'id', 'country', 'email')).toEqual([
    { id: '11', country: 'United States', email: null },
  ]);
  expect(
    await shop.rows('events', 'event_id', 'user_id', 'session_id', 'event_name', 'page_path', 'region'),
  ).toEqual([
    {
      event_id: '7',
      user_id: null,
      session_id: 's-1',
      event_name: 'view_item',
      page_path: '/product/5',
      region: 'Texas',
    },
  ]);
  expect(await shop.rows('inventory', 'product_id', 'on_hand', 'counted_at')).toEqual([
    { product_id: '5', on_hand: '1', counted_at: '2025-05-01T10:00:00.000000Z' },
    { product_id: '6', on_hand: '1', counted_at: '2025-04-03T00:00:00.000000Z' },
  ]);
});
