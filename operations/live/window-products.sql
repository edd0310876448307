-- grain: one row per product of the last minutes, at most ten, by their views
-- inputs: live_items, live_sales, live_products
-- parameters: now (UTC), minutes
with
  counted as (
    select
      product,
      count(*) filter (step = 1) as views,
      count(*) filter (step = 2) as carts,
      coalesce(sum(quantity) filter (step = 4), 0) as sold
    from live_items
    where happened_at > cast($now as timestamp) - to_minutes(cast($minutes as bigint))
      and (step < 4 or id in (select id from live_sales))
    group by product
  )
select product_id, name, views, carts, sold
from counted join live_products using (product)
order by views desc, sold desc, product_id
limit 10
