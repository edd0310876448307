-- One row per category and order_date with an item sold. Quotients rounded half up to 2 decimals by integer division.
with sales as (
  select
    category,
    order_date,
    sum(sale_price) as revenue,
    count(distinct order_id) as orders,
    count(*) as items,
    count(*) filter (where status = 'returned') as returned_items
  from sold
  group by category, order_date
)

select
  category,
  order_date,
  cast(revenue as decimal(38, 2)) as daily_revenue,
  cast(((revenue * 200)::hugeint + orders) // (orders * 2) as decimal(36, 0)) * 0.01 as avg_order_value,
  cast(((returned_items * 20000 + items) // (items * 2))::decimal(18, 0) * 0.01 as decimal(18, 2)) as avg_return_rate,
  orders,
  items,
  returned_items
from sales
order by order_date, category
