/** Headers of the three kinds of file. */
export const PRODUCTS = 'id,sku,cost,category,name,brand,retail_price,department';
export const ORDERS = 'order_id,user_id,status,created_at,returned_at,shipped_at,delivered_at,num_of_item';
export const ORDER_ITEMS =
  'id,order_id,user_id,product_id,status,created_at,shipped_at,delivered_at,returned_at,sale_price';

/** Lines of CSV under a header. */
export const csv = (header: string, ...rows: string[]): string => `${[header, ...rows].join('\n')}\n`;
