-- One row per order_date with a counted order.
-- inputs: counted_orders, counted_items; units: money in the shop's currency, exact
with item_totals as (
  select
    order_id,
    sum(sale_price) as revenue,
    sum(quantity) as units
  from counted_items
  group by order_id
)

select
  counted_orders.order_date,
  count(*) as orders,
  count(*) filter (where counted_orders.is_returned) as returned_orders,
  cast(coalesce(sum(item_totals.units), 0) as bigint) as units,
  coalesce(sum(item_totals.revenue), 0) as revenue
from counted_orders
left join item_totals on item_totals.order_id = counted_orders.order_id
group by counted_orders.order_date
