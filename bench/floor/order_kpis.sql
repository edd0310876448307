-- One row per order_date with an order. Rates in percent, rounded half up to 2 decimals by integer division.
with days as (
  select
    cast(created_at as date) as order_date,
    count(*) as total_orders,
    count(distinct user_id) as unique_customers,
    count(*) filter (where status = 'returned') as returned_orders
  from orders
  where num_of_item > 0
  group by order_date
),

sales as (
  select order_date, sum(sale_price) as revenue, count(*) as items
  from sold
  group by order_date
)

select
  order_date,
  total_orders,
  cast(coalesce(revenue, 0) as decimal(38, 2)) as total_revenue,
  coalesce(items, 0) as total_items_sold,
  unique_customers,
  cast(((returned_orders * 20000 + total_orders) // (total_orders * 2))::decimal(18, 0) * 0.01 as decimal(18, 2)) as return_rate,
  returned_orders
from days
left join sales using (order_date)
order by order_date
