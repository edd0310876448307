-- The cleaning rules, as views that both KPI queries stand on. Staging keeps what came; what counts is decided here.
--
-- inputs: products, orders, order_items: the latest version of every row
-- units:  sale_price_e4 is money in ten-thousandths, a whole number
-- time_zone: string literal, the reporting time zone, in which a day begins and ends; blanks: string literal, the
-- characters that trimming takes away; category_length: characters of a category that are kept

-- one row per product that counts
create or replace temp view counted_products as
select
  id as product_id,
  coalesce(nullif(left(trim(category, $[blanks]), $[category_length]), ''), 'Unknown') as category
from products
where cost > 0 and retail_price > 0;

-- one row per order that counts
create or replace temp view counted_orders as
select
  order_id,
  user_id,
  lower(trim(status, $[blanks])) = 'returned' as is_returned,
  cast(created_at at time zone $[time_zone] as date) as order_date
from orders
where num_of_item > 0;

-- one row per item that counts: its own values count, and its order is there and counts
create or replace temp view counted_items as
select
  order_items.order_id,
  counted_orders.order_date,
  coalesce(counted_products.category, 'Unknown') as category,
  cast(order_items.sale_price * 10000 as hugeint) as sale_price_e4,
  lower(trim(order_items.status, $[blanks])) = 'returned' as is_returned
from order_items
join counted_orders on counted_orders.order_id = order_items.order_id
left join counted_products on counted_products.product_id = order_items.product_id
where order_items.product_id is not null and order_items.sale_price > 0;
