-- The OrderKPIs: one row per order_date with at least one order.
-- inputs: counted_orders, counted_items
-- units: money in the shop's currency, percent from 0 to 100, both rounded half up to 2 decimals; a / b rounded half up
-- to hundredths is the integer part of (200a + b) / 2b
with order_totals as (
  select
    order_date,
    count(*) as total_orders,
    count(distinct user_id) as unique_customers,
    count(*) filter (where is_returned) as returned_orders
  from counted_orders
  group by order_date
),

item_totals as (
  select
    order_date,
    cast(sum(quantity) as bigint) as total_items_sold,
    sum(sale_price) as revenue
  from counted_items
  group by order_date
),

order_kpis as (
  select
    order_totals.order_date,
    order_totals.total_orders,
    coalesce(item_totals.revenue, 0) as total_revenue,
    coalesce(item_totals.total_items_sold, 0) as total_items_sold,
    order_totals.unique_customers,
    cast(div(order_totals.returned_orders * 20000 + order_totals.total_orders, order_totals.total_orders * 2) as decimal(35, 0))
      * cast(0.01 as decimal(3, 2)) as return_rate,
    order_totals.returned_orders
  from order_totals
  left join item_totals on item_totals.order_date = order_totals.order_date
)

select
  order_date,
  total_orders,
  cast(total_revenue as decimal(38, 2)) as total_revenue,
  total_items_sold,
  unique_customers,
  cast(return_rate as decimal(5, 2)) as return_rate,
  returned_orders
from order_kpis
