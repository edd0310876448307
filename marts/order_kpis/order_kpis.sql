-- The OrderKPIs: one row per order_date with at least one order.
-- inputs: order_days, customer_days; units: money in the shop's currency
with parts as (
  select
    order_date,
    orders,
    revenue,
    units,
    returned_orders,
    0 as customers
  from order_days
  union all
  select
    order_date,
    0 as orders,
    0 as revenue,
    0 as units,
    0 as returned_orders,
    1 as customers
  from customer_days
)

select
  order_date,
  cast(sum(orders) as bigint) as total_orders,
  sum(revenue) as total_revenue,
  cast(sum(units) as bigint) as total_items_sold,
  cast(sum(customers) as bigint) as unique_customers,
  cast(sum(returned_orders) as bigint) as returned_orders
from parts
group by order_date
