-- One row per product and order_date with at least one item sold.
-- input: counted_items; units: money in the shop's currency
select
  product_id,
  order_date,
  count(distinct order_id) as orders,
  cast(sum(quantity) as bigint) as units,
  sum(sale_price) as revenue,
  sum(quantity * cost) as cost,
  sum(sale_price - quantity * cost) as margin,
  cast(coalesce(sum(quantity) filter (where is_returned), 0) as bigint) as returned_units,
  coalesce(sum(sale_price) filter (where is_returned), 0) as returned_revenue
from counted_items
group by product_id, order_date
