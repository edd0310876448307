-- The CategoryKPIs: one row per category and order_date with at least one item sold.
-- input: counted_items
-- units: money in the shop's currency, percent from 0 to 100, both rounded half up to 2 decimals; a / b rounded half up
-- to hundredths is the integer part of (200a + b) / 2b, here with money in ten-thousandths
with item_totals as (
  select
    category,
    order_date,
    sum(sale_price) as revenue,
    count(distinct order_id) as orders,
    cast(sum(quantity) as bigint) as items,
    cast(coalesce(sum(quantity) filter (where is_returned), 0) as bigint) as returned_items
  from counted_items
  group by category, order_date
),

category_kpis as (
  select
    category,
    order_date,
    revenue as daily_revenue,
    cast(div(cast(revenue * 20000 as decimal(38, 0)) + orders * 100, orders * 200) as decimal(35, 0))
      * cast(0.01 as decimal(3, 2)) as avg_order_value,
    cast(div(returned_items * 20000 + items, items * 2) as decimal(35, 0)) * cast(0.01 as decimal(3, 2)) as avg_return_rate,
    orders,
    items,
    returned_items
  from item_totals
)

select
  category,
  order_date,
  cast(daily_revenue as decimal(38, 2)) as daily_revenue,
  cast(avg_order_value as decimal(38, 2)) as avg_order_value,
  cast(avg_return_rate as decimal(5, 2)) as avg_return_rate,
  orders,
  items,
  returned_items
from category_kpis
