-- The CategoryKPIs: one row per category and order_date with at least one item sold.
-- input: counted_items; units: money in the shop's currency
select
  category,
  order_date,
  sum(sale_price) as daily_revenue,
  count(distinct order_id) as orders,
  cast(sum(quantity) as bigint) as items,
  cast(coalesce(sum(quantity) filter (where is_returned), 0) as bigint) as returned_items
from counted_items
group by category, order_date
