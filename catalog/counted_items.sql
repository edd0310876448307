-- One row per item that the KPIs include: its values are valid, and its order exists and is included.
-- rows: relation (order_id, product_id, status, sale_price of all pieces, quantity in pieces, null for one); counted_orders, counted_products: see their files;
-- blanks: string literal, the characters that trimming removes
select
  order_items.order_id,
  order_items.product_id,
  counted_orders.order_date,
  coalesce(counted_products.category, 'Unknown') as category,
  order_items.sale_price,
  counted_products.cost,
  coalesce(order_items.quantity, 1) as quantity,
  lower(trim(both $[blanks] from order_items.status)) = 'returned' as is_returned
from $[rows] as order_items
join counted_orders on counted_orders.order_id = order_items.order_id
left join counted_products on counted_products.product_id = order_items.product_id
where order_items.product_id is not null and order_items.sale_price > 0
  and coalesce(order_items.quantity, 1) > 0
