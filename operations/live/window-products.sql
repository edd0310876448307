-- grain: one row per window and product, at most ten products of a window, by their views
-- inputs: live_items, live_sales
-- parameters: now (UTC)
with
  windows as (select unnest([5, 60, 1440]) as minutes),
  counted as (
    select minutes, live_items.*
    from windows
    join live_items on happened_at > cast($now as timestamp) - to_minutes(minutes)
    where step < 4 or id in (select id from live_sales)
  ),
  products as (
    select
      minutes, product_id,
      arg_max(name, happened_at) as name,
      count(*) filter (step = 1) as views,
      count(*) filter (step = 2) as carts,
      coalesce(sum(quantity) filter (step = 4), 0) as sold
    from counted
    group by minutes, product_id
  )
select *
from products
qualify row_number() over (partition by minutes order by views desc, sold desc, product_id) <= 10
order by minutes, views desc, sold desc, product_id
