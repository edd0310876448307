-- One row per known customer and order_date with a counted order.
-- inputs: counted_orders, counted_items; units: money in the shop's currency, exact
with item_totals as (
  select
    order_id,
    sum(sale_price) as revenue,
    sum(quantity) as units,
    sum(sale_price) filter (where is_returned) as returned_revenue,
    sum(quantity) filter (where is_returned) as returned_units
  from counted_items
  group by order_id
)

select
  counted_orders.user_id,
  counted_orders.order_date,
  count(*) as orders,
  count(*) filter (where counted_orders.is_returned) as returned_orders,
  cast(coalesce(sum(item_totals.units), 0) as bigint) as units,
  coalesce(sum(item_totals.revenue), 0) as revenue,
  cast(coalesce(sum(item_totals.returned_units), 0) as bigint) as returned_units,
  coalesce(sum(item_totals.returned_revenue), 0) as returned_revenue
from counted_orders
left join item_totals on item_totals.order_id = counted_orders.order_id
where counted_orders.user_id is not null
group by counted_orders.user_id, counted_orders.order_date
