-- One row per item of an order that KPIs include, with the order's day and the product's category.
create or replace temp table sold as
select
  items.order_id,
  cast(orders.created_at as date) as order_date,
  coalesce(products.category, 'Unknown') as category,
  items.sale_price,
  items.status
from items
join orders on orders.order_id = items.order_id and orders.num_of_item > 0
left join products on products.id = items.product_id and products.cost > 0 and products.retail_price > 0
where items.sale_price > 0
